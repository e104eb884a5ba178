"""The composition root of customers."""

from collections.abc import Mapping
from functools import cache
from typing import TYPE_CHECKING, Any

from knowledge_base import settings
from knowledge_base.customers.adapters.deployments import Deployment
from knowledge_base.customers.domain.recording import CustomerFacts, NoDatabase
from knowledge_base.customers.domain.records import CustomerRecords

if TYPE_CHECKING:  # psycopg2 is no part of functions without a database
    from knowledge_base.customers.adapters.postgres.connection import Place
    from knowledge_base.customers.adapters.postgres.migrating import PostgresSchema
    from knowledge_base.customers.adapters.postgres.records import PostgresCustomers

_NONE = "none"


def customer_facts() -> CustomerFacts:
    return _customers() or NoDatabase()


def customer_records() -> CustomerRecords | None:
    """None where there is no database."""
    return _customers()


@cache
def schema() -> "PostgresSchema":
    """Both secrets are read when it migrates: they may have been rotated."""
    from knowledge_base.customers.adapters.postgres.credentials import SecretCredentials
    from knowledge_base.customers.adapters.postgres.migrating import PostgresSchema

    variables = settings.CustomerDatabase()
    owner = SecretCredentials(settings.DatabaseOwner().database_owner_secret)
    return PostgresSchema(_place(variables), owner, SecretCredentials(variables.database_secret))


def deployment(event: Mapping[str, Any]) -> Deployment:
    return Deployment(event)


@cache
def _customers() -> "PostgresCustomers | None":
    variables = settings.CustomerDatabase()
    if variables.customer_database == _NONE:
        return None
    from knowledge_base.customers.adapters.postgres.connection import Database
    from knowledge_base.customers.adapters.postgres.credentials import SecretCredentials
    from knowledge_base.customers.adapters.postgres.records import PostgresCustomers

    return PostgresCustomers(Database(_place(variables), SecretCredentials(variables.database_secret)))


def _place(variables: settings.CustomerDatabase) -> "Place":
    from knowledge_base.customers.adapters.postgres.connection import Place

    return Place.of(variables.customer_database, "" if variables.database_ca == _NONE else variables.database_ca)
