"""The two stores that the contracts run on: one in memory, one in DynamoDB."""

import uuid
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Protocol

import boto3
from samcli.yamlhelper import yaml_parse

from personalization.adapters.dynamodb import DynamoProfiles, DynamoSupporters
from personalization.adapters.items import ContextItem, DonationItem, InteractionItem, SupporterItem
from personalization.adapters.ledger import DynamoLedger, imported
from personalization.adapters.memory import DynamoMemory
from personalization.domain.agent import Memory
from personalization.domain.context import SupporterContext
from personalization.domain.conversation import Interaction
from personalization.domain.donations import LedgerRow
from personalization.domain.facts import Fact
from personalization.domain.giving import Ledger
from personalization.domain.profile import Profiles
from personalization.domain.supporter import Supporter, Supporters
from shared.first_answers import DynamoFirstAnswers
from shared.idempotency import FirstAnswers
from shared.model import Usage
from shared.tables import connection
from shared.wire import moment
from tests.personalization.fakes import FakeFirstAnswers, FakeLedger, FakeMemory, FakeProfiles, FakeSupporters

TABLES = ("UsersTable", "DonationsTable", "ContextTable", "SessionsTable", "InteractionsTable", "IdempotencyTable")
INDEXES = ("LocalSecondaryIndexes", "GlobalSecondaryIndexes")
TEMPLATE = Path(__file__).parents[3] / "personalization" / "tables.yaml"


class Store(Protocol):
    """Adapters over the same data, and ways to put data there that no adapter writes yet."""

    supporters: Supporters
    profiles: Profiles
    memory: Memory
    ledger: Ledger
    first_answers: FirstAnswers

    def keep(self, supporter: Supporter) -> None: ...

    def give(self, *rows: LedgerRow) -> None:
        """Fill ledgers that are still empty, without publishing."""
        ...

    def learn(self, user_id: str, *contexts: SupporterContext) -> None: ...

    def interactions(self, user_id: str) -> list[Interaction]:
        """What has been recorded of a supporter, in the order of time."""
        ...


class MemoryStore:
    supporters: Supporters
    profiles: Profiles
    memory: Memory
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

    def interactions(self, user_id: str) -> list[Interaction]:
        return [each for each in self._memory.interactions if each.user_id == user_id]


class DynamoStore:
    supporters: Supporters
    profiles: Profiles
    memory: Memory
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
        tables = users_table, donations_table, context_table
        self.supporters = DynamoSupporters(users_table)
        self.profiles = DynamoProfiles(*tables)
        self.memory = DynamoMemory(*tables, sessions_table, interactions_table)
        self.ledger = DynamoLedger(users_table, donations_table)
        self.first_answers = DynamoFirstAnswers(idempotency_table)

    def keep(self, supporter: Supporter) -> None:
        SupporterItem.of(supporter).save()

    def give(self, *rows: LedgerRow) -> None:
        with DonationItem.batch_write() as batch:
            for item in imported(rows):
                batch.save(item)

    def forget_donations(self) -> None:
        items = list(DonationItem.scan(consistent_read=True))
        with DonationItem.batch_write() as batch:
            for item in items:
                batch.delete(item)

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        for context in contexts:
            ContextItem.of(user_id, context).save()

    def interactions(self, user_id: str) -> list[Interaction]:
        return [interaction_in(item) for item in InteractionItem.query(user_id, consistent_read=True)]


def interaction_in(item: InteractionItem) -> Interaction:
    return Interaction(
        interaction_id=item.interaction_id,
        user_id=item.user_id,
        session_id=item.session_id,
        occurred_at=moment(item.timestamp.partition("#")[0]),
        input=item.input,
        content=item.content,
        basis=tuple(Fact(each["fact"], each["value"]) for each in item.basis),
        context_version=int(item.context_version),
        usage=Usage(int(item.input_tokens), int(item.output_tokens)),
    )


@contextmanager
def dynamo_store(endpoint: str) -> Iterator[DynamoStore]:
    """A store on tables of its own, with the keys that the template gives them."""
    client: Any = boto3.client("dynamodb", endpoint_url=endpoint)
    resources = yaml_parse(TEMPLATE.read_text())["Resources"]
    suffix = uuid.uuid4().hex
    names = {name: f"{name}-{suffix}" for name in TABLES}
    for name, table_name in names.items():
        properties = resources[name]["Properties"]
        client.create_table(
            TableName=table_name,
            BillingMode=properties["BillingMode"],
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
            **{index: properties[index] for index in INDEXES if index in properties},
        )
    connection.cache_clear()
    try:
        yield DynamoStore(*names.values())
    finally:
        connection.cache_clear()
        for table_name in names.values():
            client.delete_table(TableName=table_name)
        client.close()


@dataclass
class Cost:
    """What was sent to DynamoDB, and how many rows it had to read for that."""

    calls: list[str] = field(default_factory=list)
    rows: int = 0


def cost_of(read: Callable[[], object]) -> Cost:
    cost = Cost()

    def count_call(event_name: str, **_: object) -> None:
        cost.calls.append(event_name.rpartition(".")[2])

    def count_rows(parsed: Mapping[str, Any], **_: object) -> None:
        cost.rows += parsed.get("ScannedCount", 1)

    events = connection().client.meta.events
    events.register("before-send.dynamodb", count_call)
    events.register("after-call.dynamodb", count_rows)
    try:
        read()
    finally:
        events.unregister("before-send.dynamodb", count_call)
        events.unregister("after-call.dynamodb", count_rows)
    return cost
