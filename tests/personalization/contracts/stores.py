"""The two stores that the contracts run on: one in memory, one in DynamoDB."""

import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import boto3
from samcli.yamlhelper import yaml_parse

from personalization.adapters.dynamodb import DynamoProfiles, DynamoSupporters
from personalization.adapters.items import TOTALS_KEY, ContextItem, DonationItem, SupporterItem
from personalization.domain.context import SupporterContext
from personalization.domain.donations import Donation
from personalization.domain.profile import Profiles
from personalization.domain.supporter import Supporter, Supporters
from shared.money import totals
from shared.tables import connection
from tests.personalization.fakes import FakeProfiles, FakeSupporters

TEMPLATE = Path(__file__).parents[3] / "personalization" / "template.yaml"


class Store(Protocol):
    """Adapters over the same data, and ways to put data there that no adapter writes yet."""

    supporters: Supporters
    profiles: Profiles

    def keep(self, supporter: Supporter) -> None: ...

    def give(self, *donations: Donation) -> None:
        """Fill the ledger of one supporter, once."""
        ...

    def learn(self, user_id: str, *contexts: SupporterContext) -> None: ...


class MemoryStore:
    supporters: Supporters
    profiles: Profiles

    def __init__(self) -> None:
        self.supporters = self._supporters = FakeSupporters()
        self.profiles = self._profiles = FakeProfiles(self._supporters)

    def keep(self, supporter: Supporter) -> None:
        self._supporters.by_id[supporter.user_id] = supporter

    def give(self, *donations: Donation) -> None:
        for donation in donations:
            self._profiles.donations[donation.user_id].append(donation)

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        self._profiles.contexts[user_id] += contexts


class DynamoStore:
    supporters: Supporters
    profiles: Profiles

    def __init__(self, users_table: str, donations_table: str, context_table: str) -> None:
        self.supporters = DynamoSupporters(users_table)
        self.profiles = DynamoProfiles(users_table, donations_table, context_table)

    def keep(self, supporter: Supporter) -> None:
        SupporterItem.of(supporter).save()

    def give(self, *donations: Donation) -> None:
        with DonationItem.batch_write() as batch:
            for donation in donations:
                batch.save(DonationItem.of(donation))
        if donations:
            sums = {total.currency: total.amount for total in totals(donation.amount for donation in donations)}
            DonationItem(user_id=donations[0].user_id, donation_id=TOTALS_KEY, totals=sums).save()

    def learn(self, user_id: str, *contexts: SupporterContext) -> None:
        for context in contexts:
            ContextItem.of(user_id, context).save()


@contextmanager
def dynamo_store(endpoint: str) -> Iterator[DynamoStore]:
    """A store on tables of its own, with the keys that the template gives them."""
    client: Any = boto3.client("dynamodb", endpoint_url=endpoint)
    resources = yaml_parse(TEMPLATE.read_text())["Resources"]
    suffix = uuid.uuid4().hex
    names = {name: f"{name}-{suffix}" for name in ("UsersTable", "DonationsTable", "ContextTable")}
    for name, table_name in names.items():
        properties = resources[name]["Properties"]
        client.create_table(
            TableName=table_name,
            BillingMode=properties["BillingMode"],
            AttributeDefinitions=properties["AttributeDefinitions"],
            KeySchema=properties["KeySchema"],
        )
    connection.cache_clear()
    try:
        yield DynamoStore(*names.values())
    finally:
        connection.cache_clear()
        for table_name in names.values():
            client.delete_table(TableName=table_name)
        client.close()
