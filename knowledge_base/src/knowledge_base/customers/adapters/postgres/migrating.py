"""Brings the schema forward: each numbered file of `migrations/` once, in order, while requests run.

A file is one transaction, unless its first line says otherwise:

    -- no transaction   its statements, parted by empty lines, are run one by one, and again if they break off
    -- in batches       its one statement is run until it changes nothing

Nothing waits long for a lock: whatever comes after would have to wait, too. Code of the release before goes on working
with the schema of the next: a column is added by one release, and its predecessor dropped by a later one.
"""

import hashlib
import re
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import connection as Connection  # noqa: N812  a class
from psycopg2.extensions import encrypt_password
from psycopg2.sql import SQL, Identifier, Literal

from knowledge_base.customers.adapters.postgres.connection import Place, Row
from knowledge_base.customers.adapters.postgres.credentials import Credentials, Login
from knowledge_base.customers.domain.migrating import CannotMigrate, Migrated, MigrationChanged
from shared.errors import Unavailable
from shared.observability.logs import logger
from shared.resilience.deadline import Deadline

FOLDER = Path(__file__).parent / "migrations"
_ONE_AT_A_TIME = 7_461_204  # of an advisory lock
_LOCK_TIMEOUT = "500ms"
_PAUSE_SECONDS = 0.5
_CONNECT_SECONDS = 5
_NO_TRANSACTION, _IN_BATCHES = "-- no transaction", "-- in batches"

_RECORD = "INSERT INTO migrations (number, name, digest) VALUES (%s, %s, %s)"
_SET_UP = """
CREATE TABLE IF NOT EXISTS migrations (
    number integer PRIMARY KEY, name text NOT NULL, digest text NOT NULL, applied_at timestamptz NOT NULL DEFAULT now()
)
"""

_CONNECTIONS = """
SELECT greatest(1, current_setting('max_connections')::integer
    - current_setting('superuser_reserved_connections')::integer - 5)
"""
"""The user takes no more of them: five are left to migrations, and to whoever looks why there are so many."""

# What a worker does not use for so long is closed: Lambda keeps workers that nobody needs any more for hours.
_ROLE_SETTINGS = {
    "idle_session_timeout": "10min",
    "idle_in_transaction_session_timeout": "10s",
    "statement_timeout": "10s",
}


@dataclass(frozen=True, slots=True)
class Migration:
    number: int
    name: str
    text: str

    @classmethod
    def of(cls, file: Path) -> "Migration":
        number, _, name = file.stem.partition("_")
        return cls(int(number), name, file.read_text())

    @property
    def digest(self) -> str:
        return hashlib.sha256(self.text.encode()).hexdigest()

    @property
    def way(self) -> str:
        return self.text.splitlines()[0]

    @property
    def statements(self) -> list[str]:
        parts = re.split(r"\n\s*\n", self.text)
        return [part for part in parts if any(line and not line.startswith("--") for line in part.splitlines())]


def migrations_of(folder: Path = FOLDER) -> list[Migration]:
    found = [Migration.of(file) for file in sorted(folder.glob("*.sql"))]
    if [migration.number for migration in found] != list(range(1, len(found) + 1)):
        raise ValueError("migrations are numbered 1, 2, 3, …")
    return found


class PostgresSchema:
    """As its owner sees it, without a proxy in between: the lock is of a session."""

    def __init__(
        self,
        place: Place,
        owner: Credentials,
        user: Credentials,
        folder: Path = FOLDER,
        sleep: Callable[[float], object] = time.sleep,
    ) -> None:
        self._place, self._owner, self._user = place, owner, user
        self._folder, self._sleep = folder, sleep

    def migrate(self, deadline: Deadline) -> Migrated:
        """Apply what is new, then let the user in, who may read and write all tables and change none of them.

        May be repeated, and run twice at the same time. Raises CannotMigrate; Unavailable.
        """
        if self._place.ca_file and not Path(self._place.ca_file).is_file():
            name = Path(self._place.ca_file).name
            raise CannotMigrate(f"The package has no {name}, with which the database is verified: build it with make.")
        owner, user = self._owner.login(), self._user.login()
        options = {**self._place.options, "user": owner.username, "password": owner.password}
        try:
            connection = psycopg2.connect(**options, connect_timeout=_CONNECT_SECONDS)
        except psycopg2.OperationalError as error:
            raise _unavailable() from error
        try:
            connection.autocommit = True
            return self._migrate(connection, user, deadline)
        except psycopg2.OperationalError as error:
            raise _unavailable() from error
        finally:
            connection.close()

    def _migrate(self, connection: Connection, user: Login, deadline: Deadline) -> Migrated:
        self._with_patience(lambda: _be_the_only_one(connection), deadline)
        _run(connection, f"SET lock_timeout = '{_LOCK_TIMEOUT}'")
        _run(connection, _SET_UP)
        done: dict[int, str] = dict(_run(connection, "SELECT number, digest FROM migrations"))
        applied: list[int] = []
        for migration in migrations_of(self._folder):
            if migration.number in done:
                if done[migration.number] != migration.digest:
                    raise MigrationChanged(migration.number)
                continue
            if not self._apply(connection, migration, deadline):
                return Migrated(tuple(applied), is_complete=False)
            logger.info("migrated", extra={"number": migration.number, "migration": migration.name})
            applied.append(migration.number)
        self._with_patience(lambda: _let_in(connection, user), deadline)
        return Migrated(tuple(applied), is_complete=True)

    def _apply(self, connection: Connection, migration: Migration, deadline: Deadline) -> bool:
        """Whether it is applied: False for a part of its batches."""
        record = (migration.number, migration.name, migration.digest)
        if migration.way == _IN_BATCHES:
            while changed := self._with_patience(lambda: _changed(connection, migration.text), deadline):
                logger.info("migrating", extra={"number": migration.number, "rows": changed})
                if not deadline.remaining_seconds:
                    return False
            _run(connection, _RECORD, *record)
        elif migration.way == _NO_TRANSACTION:
            self._with_patience(lambda: _one_by_one(connection, migration.statements), deadline)
            _run(connection, _RECORD, *record)
        else:
            self._with_patience(lambda: _together(connection, migration, record), deadline)
        return True

    def _with_patience[T](self, act: Callable[[], T], deadline: Deadline) -> T:
        """Act, and again where somebody else has had a lock for too long. Raises Unavailable at the deadline."""
        while True:
            try:
                return act()
            except (errors.LockNotAvailable, errors.DeadlockDetected) as error:
                if not deadline.remaining_seconds:
                    raise _unavailable() from error
            self._sleep(_PAUSE_SECONDS)


def _be_the_only_one(connection: Connection) -> None:
    """Raises LockNotAvailable."""
    if not _run(connection, "SELECT pg_try_advisory_lock(%s)", _ONE_AT_A_TIME)[0][0]:
        raise errors.LockNotAvailable


def _one_by_one(connection: Connection, statements: Sequence[str]) -> None:
    for statement in statements:
        _run(connection, statement)


def _together(connection: Connection, migration: Migration, record: Sequence[object]) -> None:
    connection.autocommit = False
    try:
        with connection:
            _run(connection, migration.text)
            _run(connection, _RECORD, *record)
    finally:
        connection.autocommit = True


def _let_in(connection: Connection, user: Login) -> None:
    """The password goes over the line, and into the server's log, as what Postgres keeps of it."""
    role, verifier = (
        Identifier(user.username),
        encrypt_password(user.password, user.username, connection, "scram-sha-256"),
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT FROM pg_roles WHERE rolname = %s", [user.username])
        if not cursor.rowcount:
            cursor.execute(SQL("CREATE ROLE {} LOGIN").format(role))
        cursor.execute(SQL("ALTER ROLE {} PASSWORD {}").format(role, Literal(verifier)))
        cursor.execute(_CONNECTIONS)
        [(connections,)] = cursor.fetchall()
        cursor.execute(SQL("ALTER ROLE {} CONNECTION LIMIT {}").format(role, Literal(connections)))
        for name, value in _ROLE_SETTINGS.items():
            cursor.execute(SQL("ALTER ROLE {} SET {} = {}").format(role, Identifier(name), Literal(value)))
        cursor.execute(SQL("GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {}").format(role))
        cursor.execute(SQL("REVOKE ALL ON migrations FROM {}").format(role))


def _run(connection: Connection, text: str, *values: object) -> list[Row]:
    with connection.cursor() as cursor:
        cursor.execute(text, values or None)
        return cursor.fetchall() if cursor.description else []


def _changed(connection: Connection, text: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.rowcount


def _unavailable() -> Unavailable:
    return Unavailable("The database does not let itself be migrated now; try again.", retry_after_seconds=5)
