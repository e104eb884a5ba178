"""The composition root of the agent."""

from datetime import UTC, datetime
from functools import cache
from zoneinfo import ZoneInfo

from personalization import settings
from personalization.agent.adapters.author import bedrock_author
from personalization.agent.adapters.chat_stream import chat_event_of
from personalization.agent.adapters.conversations import DynamoConversations
from personalization.agent.adapters.memory import DynamoMemory
from personalization.agent.adapters.pages import DynamoPages
from personalization.agent.domain.agent import Agent, Author
from personalization.agent.domain.conversations import ConversationRemover, Conversations
from personalization.agent.domain.sources import Pages
from personalization.memory.wiring import contexts
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.runs.wiring import log

__all__ = [
    "agent",
    "author",
    "chat_event_of",
    "conversation_remover",
    "conversations",
    "cursors",
    "event_bus",
    "first_answers",
    "memory",
    "pages",
    "zone",
]


@cache
def memory() -> DynamoMemory:
    tables = settings.Agent()
    return DynamoMemory(
        tables.users_table,
        tables.donations_table,
        tables.context_table,
        tables.sessions_table,
        tables.interactions_table,
        tables.conversations_table,
        tables.idempotency_table,
    )


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.Agent().idempotency_table)


@cache
def author() -> Author:
    model = settings.AgentModel()
    return bedrock_author(model.model_id, model.model_max_tokens, model.model_temperature)


@cache
def zone() -> ZoneInfo:
    return ZoneInfo(settings.Charity().time_zone)


@cache
def pages() -> Pages:
    return DynamoPages(settings.Content().content_table)


@cache
def agent() -> Agent:
    return Agent(memory(), pages(), author(), lambda: datetime.now(UTC), new_id, zone())


@cache
def conversations() -> Conversations:
    tables = settings.Conversations()
    return DynamoConversations(tables.conversations_table, tables.interactions_table, tables.sessions_table)


@cache
def conversation_remover() -> ConversationRemover:
    return ConversationRemover(conversations(), contexts(), log())


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.ChatEvents().event_bus_name, "almoner.personalization")
