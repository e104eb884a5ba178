"""Real databases for tests: each has its own in a Postgres that several share."""

import uuid
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from knowledge_base.customers.adapters.postgres.connection import Database, Limits, Place
from knowledge_base.customers.adapters.postgres.credentials import Login
from knowledge_base.customers.adapters.postgres.migrating import FOLDER, PostgresSchema
from knowledge_base.customers.domain.migrating import Migrated
from local.postgres.installation import USER, password_of
from local.postgres.process import PostgresProcess
from local.workspace import HOST
from shared.resilience.deadline import Deadline

_PATIENT = Limits(connect=60, statement=60, wait=120)
"""On a busy machine a connection or a statement takes longer than a request may wait: no test fails by that."""


class FixedCredentials:
    """What `current` was when it was first looked up, until that is refused; `reads` counts these refusals."""

    def __init__(self, current: Login) -> None:
        self.current, self.reads = current, 0
        self._seen: Login | None = None

    def login(self, refused: Login | None = None) -> Login:
        self.reads += refused is not None
        if self._seen is None or self._seen == refused:
            self._seen = self.current
        return self._seen


@dataclass(frozen=True)
class TestDatabase:
    """A database, and a user of it who owns nothing."""

    __test__ = False

    process: PostgresProcess
    place: Place
    user: Login

    def migrate(self, folder: Path = FOLDER, seconds: float = 60) -> Migrated:
        owner = FixedCredentials(Login(USER, password_of(self.process.folder)))
        return PostgresSchema(self.place, owner, FixedCredentials(self.user), folder).migrate(Deadline(seconds))

    def as_owner(self, text: str, *values: object) -> list[tuple[object, ...]]:
        with closing(self.process.connect(dbname=self.place.name)) as connection, connection.cursor() as cursor:
            connection.autocommit = True
            cursor.execute(text, values or None)
            return cursor.fetchall() if cursor.description else []

    @contextmanager
    def open(self, limits: Limits = _PATIENT, login: Login | None = None) -> Iterator[Database]:
        database = Database(self.place, FixedCredentials(login or self.user), limits)
        try:
            yield database
        finally:
            database.close()


def new_database(process: PostgresProcess, *, migrated: bool = True) -> TestDatabase:
    name = f"test_{uuid.uuid4().hex[:12]}"
    with closing(process.connect()) as connection, connection.cursor() as cursor:
        connection.autocommit = True
        cursor.execute(f"CREATE DATABASE {name}")
    made = TestDatabase(process, Place(HOST, process.port, name), Login(name, "a password for tests"))
    if migrated:
        made.migrate()
    return made


type NewDatabase = Callable[..., TestDatabase]
