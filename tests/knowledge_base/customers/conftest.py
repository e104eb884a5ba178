from collections.abc import Iterator

import pytest

from local.postgres.process import PostgresProcess
from local.workspace import free_port
from tests.conformance import answers_are_as_declared
from tests.knowledge_base.customers.postgres import TestDatabase, new_database

__all__ = ["answers_are_as_declared"]


@pytest.fixture(scope="session")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresProcess]:
    """One that nothing is done to which others would notice."""
    with PostgresProcess(tmp_path_factory.mktemp("customers"), free_port()) as process:
        yield process


@pytest.fixture
def database(postgres: PostgresProcess) -> TestDatabase:
    """A database of the newest schema, without customers."""
    return new_database(postgres)
