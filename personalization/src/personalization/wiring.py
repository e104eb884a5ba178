"""The composition root: what a warm function keeps. Whatever one of these needs, it loads on first use."""

from datetime import UTC, datetime
from functools import cache
from typing import TYPE_CHECKING

from personalization.settings import settings

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.domain.agent import Agent
    from personalization.domain.content import Contents
    from personalization.domain.giving import Ledger
    from personalization.domain.profile import Profiles
    from personalization.domain.search import Search
    from personalization.domain.supporter import Supporters
    from shared.cursors import Cursors
    from shared.idempotency import FirstAnswers


@cache
def profiles() -> "Profiles":
    from personalization.adapters.dynamodb import DynamoProfiles

    known = settings()
    return DynamoProfiles(known.users_table, known.donations_table, known.context_table)


@cache
def supporters() -> "Supporters":
    from personalization.adapters.dynamodb import DynamoSupporters

    return DynamoSupporters(settings().users_table)


@cache
def ledger() -> "Ledger":
    from personalization.adapters.ledger import DynamoLedger

    known = settings()
    return DynamoLedger(known.users_table, known.donations_table, known.idempotency_table)


@cache
def first_answers() -> "FirstAnswers":
    from shared.first_answers import DynamoFirstAnswers

    return DynamoFirstAnswers(settings().idempotency_table)


@cache
def agent() -> "Agent":
    from personalization.adapters.author import bedrock_author
    from personalization.adapters.memory import DynamoMemory
    from personalization.domain.agent import Agent
    from shared.ids import new_id

    known = settings()
    tables = known.users_table, known.donations_table, known.context_table
    memory = DynamoMemory(*tables, known.sessions_table, known.interactions_table)
    author = bedrock_author(known.model_id, known.model_max_tokens, known.model_temperature)
    return Agent(memory, author, lambda: datetime.now(UTC), new_id)


@cache
def search() -> "Search":
    from personalization.adapters.library import DynamoLibrary
    from personalization.domain.search import Search

    known = settings()
    library = DynamoLibrary(known.users_table, known.context_table, known.content_table)
    return Search(library, lambda: datetime.now(UTC))


@cache
def contents() -> "Contents":
    from personalization.adapters.content import DynamoContents

    return DynamoContents(settings().content_table)


@cache
def cursors() -> "Cursors":
    from shared.cursors import Cursors

    return Cursors(settings().cursor_key)
