"""The two stores that the contracts run on: one in memory, one in DynamoDB."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from local.workspace import ROOT
from personalization.agent.adapters.items import context_item
from personalization.agent.adapters.memory import DynamoMemory
from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.conversation import Interaction
from personalization.agent.domain.facts import Fact
from personalization.agent.domain.live_agent import LiveMemory
from personalization.donations.adapters.ledger import DynamoLedger, imported
from personalization.donations.domain.donations import LedgerRow
from personalization.donations.domain.giving import Ledger
from personalization.profiles.adapters.profiles import DynamoProfiles
from personalization.profiles.domain.profile import Profiles
from personalization.supporters.adapters.items import supporter_item
from personalization.supporters.adapters.supporters import DynamoSupporters
from personalization.supporters.domain.supporter import Supporter, Supporters
from shared.dynamodb.tables import Item, Table, attribute
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import moment
from shared.models.model import Usage
from shared.persistence.unit_of_work import UnitOfWork
from tests.personalization.articles.fake_transactions import FakeTransaction
from tests.personalization.fakes import FakeLedger, FakeMemory, FakeProfiles, FakeSupporters
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.first_answers import FakeFirstAnswers

TABLES = ("UsersTable", "DonationsTable", "ContextTable", "SessionsTable", "InteractionsTable", "IdempotencyTable")
TEMPLATE = ROOT / "personalization" / "tables.yaml"


class Store(Protocol):
    """Adapters over the same data, and ways to put data there that no adapter writes yet."""

    supporters: Supporters
    profiles: Profiles
    memory: LiveMemory
    ledger: Ledger
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
    profiles: Profiles
    memory: LiveMemory
    ledger: Ledger
    first_answers: FirstAnswers

    def __init__(self) -> None:
        self.supporters = self._supporters = FakeSupporters()
        self.profiles = self._profiles = FakeProfiles(self._supporters)
        self.memory = self._memory = FakeMemory(self._profiles)
        self.first_answers = first_answers = FakeFirstAnswers()
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
    profiles: Profiles
    memory: LiveMemory
    ledger: Ledger
    first_answers: FirstAnswers

    def __init__(
        self,
        users_table: str,
        donations_table: str,
        context_table: str,
        sessions_table: str,
        interactions_table: str,
        idempotency_table: str,
    ) -> None:
        self.tables = users_table, donations_table, context_table
        self._users, self._donations, self._contexts = map(Table, self.tables)
        self._interactions = Table(interactions_table)
        self.supporters = DynamoSupporters(users_table)
        self.profiles = DynamoProfiles(*self.tables)
        self.memory = DynamoMemory(*self.tables, sessions_table, interactions_table)
        self.ledger = DynamoLedger(users_table, donations_table, idempotency_table)
        self.first_answers = DynamoFirstAnswers(idempotency_table)

    def keep(self, supporter: Supporter) -> None:
        self._users.put(supporter_item(supporter))

    def give(self, *rows: LedgerRow) -> None:
        self._donations.put_many(list(imported(rows)))

    def forget_donations(self, *user_ids: str) -> None:
        for user_id in user_ids:
            for item in self._donations.query(attribute("userId") == user_id):
                self._donations.delete({"userId": user_id, "donationId": item["donationId"]})

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        for context in contexts:
            self._contexts.put(context_item(user_id, context))

    def transaction(self) -> UnitOfWork:
        return Transaction()

    def interactions(self, user_id: str) -> list[Interaction]:
        return [interaction_in(item) for item in self._interactions.query(attribute("userId") == user_id)]


def interaction_in(item: Item) -> Interaction:
    return Interaction(
        interaction_id=item["interactionId"],
        user_id=item["userId"],
        session_id=item["sessionId"],
        occurred_at=moment(item["timestamp"].partition("#")[0]),
        input=item["input"],
        content=item["content"],
        basis=tuple(Fact(each["fact"], each["value"]) for each in item["basis"]),
        context_version=item["contextVersion"],
        usage=Usage(item["inputTokens"], item["outputTokens"]) if "inputTokens" in item else None,
        status=item["status"],
    )


@contextmanager
def dynamo_store(endpoint: str) -> Iterator[DynamoStore]:
    """A store on tables of its own, with the keys that the template gives them."""
    with tables_like(endpoint, TEMPLATE, TABLES) as names:
        yield DynamoStore(*names.values())
