"""The composition root of customers."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING, Any

from cachetools import TTLCache

from knowledge_base import settings
from knowledge_base.customers.adapters.deployments import Deployment
from knowledge_base.customers.adapters.interactions import DynamoInteractions, DynamoVersions
from knowledge_base.customers.domain.contexts import CustomerService, Reading
from knowledge_base.customers.domain.noting import Noting
from knowledge_base.customers.domain.recording import CustomerFacts, NoDatabase
from knowledge_base.customers.domain.records import CustomerRecords
from knowledge_base.customers.domain.versions import VersionedFacts
from shared.dynamodb.connection import readers
from shared.erasure.tombstones import DynamoTombstones

if TYPE_CHECKING:  # psycopg2 is no part of functions without a database
    from knowledge_base.customers.adapters.postgres.connection import Place
    from knowledge_base.customers.adapters.postgres.migrating import PostgresSchema
    from knowledge_base.customers.adapters.postgres.records import PostgresCustomers

_NONE = "none"


def customer_facts() -> CustomerFacts:
    found = _customers()
    return VersionedFacts(found, versions(), _now) if found else NoDatabase()


def customer_records() -> CustomerRecords | None:
    """None where there is no database."""
    return _customers()


@cache
def schema() -> "PostgresSchema":
    """Both secrets are read when it migrates: they may have been rotated."""
    from knowledge_base.customers.adapters.postgres.credentials import SecretCredentials
    from knowledge_base.customers.adapters.postgres.migrating import PostgresSchema

    address, _, secret = settings.CustomerDatabase().customer_database.partition(" ")
    owner = SecretCredentials(settings.DatabaseOwner().database_owner_secret)
    return PostgresSchema(_place(address), owner, SecretCredentials(secret))


def deployment(event: Mapping[str, Any]) -> Deployment:
    return Deployment(event)


@cache
def _customers() -> "PostgresCustomers | None":
    address, _, secret = settings.CustomerDatabase().customer_database.partition(" ")
    if address == _NONE:
        return None
    from knowledge_base.customers.adapters.postgres.connection import Database
    from knowledge_base.customers.adapters.postgres.credentials import SecretCredentials
    from knowledge_base.customers.adapters.postgres.records import PostgresCustomers

    return PostgresCustomers(Database(_place(address), SecretCredentials(secret)))


def _place(address: str) -> "Place":
    from knowledge_base.customers.adapters.postgres.connection import Place

    return Place.of(address)


@cache
def versions() -> DynamoVersions:
    return DynamoVersions(settings.CustomerVersions().customer_versions_table)


@cache
def interactions() -> DynamoInteractions:
    tables = settings.Interactions()
    kept_for = timedelta(days=int(tables.interaction_days))
    tombstones = DynamoTombstones(settings.Tombstones().tombstones_table)
    return DynamoInteractions(tables.interactions_table, versions(), tombstones, kept_for)


@cache
def noting() -> Noting:
    # imported here: of the functions that note something, only those need the model that have a text
    from knowledge_base.customers.adapters.sentiment import bedrock_sentiments

    return Noting(interactions(), bedrock_sentiments(settings.HelpModel().help_model_id), _now)


@cache
def customers() -> CustomerService:
    cache_of = settings.ContextCache()
    seconds, size = float(cache_of.context_cache_seconds), int(cache_of.context_cache_size)
    kept: TTLCache[str, Reading] = TTLCache(size, seconds)
    return CustomerService(customer_records(), interactions(), versions(), kept, readers(), _now)


def _now() -> datetime:
    return datetime.now(UTC)
