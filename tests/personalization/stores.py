"""The two stores that the contracts run on: one in memory, one in DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from local.workspace import ROOT
from personalization.agent.adapters.conversations import DynamoConversations
from personalization.agent.adapters.memory import DynamoMemory
from personalization.agent.adapters.records import ConversationRecord, InteractionRecord
from personalization.agent.domain.conversation import Interaction
from personalization.agent.domain.conversations import Conversations
from personalization.agent.domain.live_agent import LiveMemory
from personalization.agent.domain.starting import Standings
from personalization.donations.adapters.ledger import DynamoLedger, import_ledgers
from personalization.donations.adapters.records import RowRecord
from personalization.donations.domain.donations import LedgerRow
from personalization.donations.domain.giving import Ledger
from personalization.donations.domain.order_gifts import OrderLedger
from personalization.memory.adapters.context import ContextRecord, DynamoContexts
from personalization.memory.domain.context import SupporterContext
from personalization.memory.domain.correcting import Contexts
from personalization.profiles.adapters.profiles import DynamoProfiles
from personalization.profiles.domain.profile import Profiles
from personalization.supporters.adapters.records import SupporterRecord
from personalization.supporters.adapters.supporters import DynamoSupporters
from personalization.supporters.domain.supporter import Supporter, Supporters
from shared.dynamodb.records import select
from shared.dynamodb.scans import scan
from shared.dynamodb.transactions import Transaction
from shared.erasure.tombstones import DynamoTombstones
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.people.dynamo_directory import DynamoDirectory
from shared.people.finding import Directory
from shared.persistence.unit_of_work import UnitOfWork
from tests.personalization.agent.fake_conversations import FakeConversations
from tests.personalization.fakes import (
    FakeContexts,
    FakeDirectory,
    FakeLedger,
    FakeMemory,
    FakeProfiles,
    FakeSupporters,
)
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.persistence.fake_transactions import FakeTransaction

TABLES = (
    "UsersTable",
    "DonationsTable",
    "ContextTable",
    "SessionsTable",
    "InteractionsTable",
    "ConversationsTable",
    "IdempotencyTable",
    "DirectoryTable",
    "TombstonesTable",
)
TEMPLATE = ROOT / "personalization" / "tables.yaml"


class AgentMemory(LiveMemory, Standings, Protocol):
    """All that the agent asks of its memory."""


class AnyLedger(Ledger, OrderLedger, Protocol):
    """The ledger of requests and of orders."""


class Store(Protocol):
    """Adapters over the same data, and ways to put data there that no adapter writes yet."""

    supporters: Supporters
    directory: Directory
    profiles: Profiles
    memory: AgentMemory
    conversations: Conversations
    contexts: Contexts
    ledger: AnyLedger
    first_answers: FirstAnswers

    def keep(self, supporter: Supporter) -> None: ...

    def give(self, *rows: LedgerRow) -> None:
        """Fill ledgers that are still empty, without publishing."""
        ...

    def learn(self, user_id: str, *contexts: SupporterContext) -> None: ...

    def transaction(self) -> UnitOfWork:
        """One that the store's writes can take part in."""
        ...

    def interactions(self, user_id: str) -> list[Interaction]:
        """What has been recorded of a supporter, in the order of time."""
        ...


class MemoryStore:
    supporters: Supporters
    directory: Directory
    profiles: Profiles
    memory: AgentMemory
    conversations: Conversations
    contexts: Contexts
    ledger: AnyLedger
    first_answers: FirstAnswers

    def __init__(self) -> None:
        self.supporters = self._supporters = FakeSupporters()
        self.directory = FakeDirectory(self._supporters)
        self.profiles = self._profiles = FakeProfiles(self._supporters)
        self.memory = self._memory = FakeMemory(self._profiles)
        self.conversations = FakeConversations(self._memory)
        self.contexts = FakeContexts(self._profiles)
        self.first_answers = first_answers = self._memory.first_answers
        self.ledger = FakeLedger(self._profiles, first_answers)

    def keep(self, supporter: Supporter) -> None:
        self._supporters.by_id[supporter.user_id] = supporter

    def give(self, *rows: LedgerRow) -> None:
        for row in rows:
            self._profiles.donations[row.user_id].append(row)

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        self._profiles.contexts[user_id] += contexts

    def transaction(self) -> UnitOfWork:
        return FakeTransaction()

    def interactions(self, user_id: str) -> list[Interaction]:
        return [each for each in self._memory.interactions if each.user_id == user_id]


class DynamoStore:
    supporters: Supporters
    directory: Directory
    profiles: Profiles
    memory: AgentMemory
    conversations: Conversations
    contexts: Contexts
    ledger: AnyLedger
    first_answers: FirstAnswers

    def __init__(
        self,
        users_table: str,
        donations_table: str,
        context_table: str,
        sessions_table: str,
        interactions_table: str,
        conversations_table: str,
        idempotency_table: str,
        directory_table: str,
        tombstones_table: str,
    ) -> None:
        self.tables = users_table, donations_table, context_table
        self.agent_tables = sessions_table, interactions_table, conversations_table
        self._users, self._rows = SupporterRecord.at(users_table), RowRecord.at(donations_table)
        self._contexts, self._interactions = ContextRecord.at(context_table), InteractionRecord.at(interactions_table)
        self.directory = DynamoDirectory(directory_table, "supporters")
        self.tombstones = DynamoTombstones(tombstones_table)
        self.supporters = DynamoSupporters(users_table, self.directory, self.tombstones)
        self.profiles = DynamoProfiles(*self.tables)
        self.memory = DynamoMemory(*self.tables, *self.agent_tables, idempotency_table)
        self.conversations = DynamoConversations(conversations_table, interactions_table, sessions_table)
        self.contexts = DynamoContexts(users_table, context_table)
        self.ledger = DynamoLedger(users_table, donations_table, idempotency_table)
        self.first_answers = DynamoFirstAnswers(idempotency_table)

    def keep(self, supporter: Supporter) -> None:
        self._users.of(supporter).put()

    def give(self, *rows: LedgerRow) -> None:
        import_ledgers(self.tables[1], rows)

    def forget_donations(self, *user_ids: str) -> None:
        for user_id in user_ids:
            for record in select(self._rows, user_id, attributes=[self._rows.user_id, self._rows.donation_id]):
                record.remove()

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        for context in contexts:
            self._contexts.of(user_id, context).put()

    def deletions(self) -> list[ConversationRecord]:
        """What the table of conversations holds of those that were deleted."""
        records = ConversationRecord.at(self.agent_tables[2])
        return [records.from_raw_data(dict(image)) for image in scan(records) if "deletedAt" in image]

    def transaction(self) -> UnitOfWork:
        return Transaction()

    def interactions(self, user_id: str) -> list[Interaction]:
        return [record.to_interaction() for record in select(self._interactions, user_id)]


@contextmanager
def dynamo_store(endpoint: str) -> Iterator[DynamoStore]:
    """A store on tables of its own, with the keys that the template gives them."""
    with tables_like(endpoint, TEMPLATE, TABLES) as names:
        yield DynamoStore(*names.values())
