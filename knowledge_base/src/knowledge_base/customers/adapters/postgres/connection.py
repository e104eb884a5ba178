"""A worker's one connection to Postgres, and how long anything may take on it.

Statements go out as one message, which Postgres carries out as one transaction: one round trip, and with RDS Proxy in
between a connection that is free for others afterwards. So there are no settings of a session, only `SET LOCAL`.

The connection is an asynchronous one, so that it is this module that waits: psycopg2 itself would wait for ever for a
database that has stopped without closing anything.
"""

import math
import os
import re
import select
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self
from weakref import WeakSet

import psycopg2
from psycopg2 import errors
from psycopg2.extensions import POLL_OK, POLL_READ, POLL_WRITE
from psycopg2.extensions import connection as Connection  # noqa: N812  a class

from knowledge_base.customers.adapters.postgres.credentials import Credentials, Login
from shared.errors import Unavailable
from shared.lifecycle.copies import not_shared
from shared.observability.logs import logger
from shared.resilience.circuit import CircuitBreaker
from shared.resilience.deadline import Deadline, time_for

_LOOPBACK = "127.0.0.1"
_CA_FILE = str(Path(__file__).parents[4] / "rds.pem")  # see the Makefile

type Row = tuple[Any, ...]

_REFUSED_LOGIN = re.compile(r"password|authentication", re.IGNORECASE)
"""A connection that is not made has no code, only what the server, or RDS Proxy, says."""

_PASSING = (
    psycopg2.OperationalError,  # lost, refused, out of connections or memory, cancelled, deadlocked, starting up
    psycopg2.InterfaceError,  # closed
    errors.UndefinedTable,  # the schema is older than this code: its migration is still to come
    errors.UndefinedColumn,
    errors.InsufficientPrivilege,  # likewise: the migration grants it
    errors.ReadOnlySqlTransaction,  # of a database that has just become a standby
)
_ENDED = (errors.AdminShutdown, errors.CrashShutdown, errors.CannotConnectNow, errors.IdleSessionTimeout)
_TRIES = 2
_MARGIN_SECONDS = 0.25  # Postgres says that it has cancelled a statement


class _Unanswered(psycopg2.OperationalError):
    """Nothing came in time: whether anything was done is unknown."""


@dataclass(frozen=True, slots=True)
class Place:
    """`ca_file`: of the authorities one of which has to have signed the server's certificate for `host`. Raises
    ValueError where it is empty, unless the server is on this machine, where there is no TLS."""

    host: str
    port: int
    name: str
    ca_file: str = ""

    def __post_init__(self) -> None:
        if not self.ca_file and self.host != _LOOPBACK:
            raise ValueError("a database elsewhere needs a file of authorities")

    @classmethod
    def of(cls, address: str) -> Self:
        """That of `host:port/name`, with the authorities that are packed beside the code."""
        host, _, rest = address.rpartition(":")
        port, _, name = rest.partition("/")
        return cls(host, int(port), name, "" if host == _LOOPBACK else _CA_FILE)

    @property
    def options(self) -> dict[str, Any]:
        tls = {"sslmode": "verify-full", "sslrootcert": self.ca_file} if self.ca_file else {"sslmode": "disable"}
        return {"host": self.host, "port": self.port, "dbname": self.name, **tls}


@dataclass(frozen=True, slots=True)
class Limits:
    """In seconds. `wait` is for everything together: for the connection's turn, a new one, and the statements."""

    connect: float = 1.5
    statement: float = 2.0
    wait: float = 4.0
    failures: int = 3
    """In a row: then calls fail at once for `rest`."""
    rest: float = 2.0


class Database:
    """Its threads take turns. What is run has to be idempotent: if its answer is lost, it is run again, once.

    The connection is made by the first call, and made anew after it was lost.
    """

    def __init__(
        self,
        place: Place,
        credentials: Credentials,
        limits: Limits = Limits(),
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._place, self._credentials, self._limits, self._clock = place, credentials, limits, clock
        self._connection: Connection | None = None
        self._turn = threading.Lock()
        self._breaker = CircuitBreaker(limits.failures, limits.rest, clock, _note)
        _databases.add(self)

    def run(self, statements: str, **values: object) -> list[Row]:
        """Run statements, with `%(name)s` for values, as one transaction; the rows of the last one.

        Raises Unavailable within the limits, or sooner where the request's deadline is. Then the statements may or may
        not have been carried out, but all of them or none.
        """
        deadline = Deadline(time_for(self._limits.wait), self._clock)
        with self._breaker.guard((Unavailable,)):
            if not self._turn.acquire(timeout=deadline.remaining_seconds):
                raise _unavailable()
            try:
                return self._run(statements, values, deadline)
            finally:
                self._turn.release()

    def close(self) -> None:
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def forget(self) -> None:
        """Give up a connection that somebody else has a copy of, without a word to the server."""
        connection, self._connection = self._connection, None
        if connection is not None and not connection.closed:
            with open(os.devnull, "rb") as nowhere:
                os.dup2(nowhere.fileno(), connection.fileno())
            connection.close()

    def _run(self, statements: str, values: Mapping[str, object], deadline: Deadline) -> list[Row]:
        for left in reversed(range(_TRIES)):
            was_open = self._connection is not None
            try:
                connection = self._connected(deadline)
                return self._execute(connection, statements, values, deadline)
            except _PASSING as error:
                is_lost = _is_lost(error)
                if is_lost:
                    self.close()
                if left and is_lost and was_open and deadline.remaining_seconds:
                    continue  # it may have been closed since the last call
                logger.warning("database unavailable", extra={"error": type(error).__name__, "sqlState": _code(error)})
                raise _unavailable() from error
            except BaseException:
                self.close()  # whatever it was, nobody else gets its answer
                raise
        raise AssertionError("the last try raises")

    def _connected(self, deadline: Deadline) -> Connection:
        if self._connection is None:
            login = self._credentials.login()
            try:
                self._connection = self._connect(login, deadline)
            except psycopg2.OperationalError as error:
                if not _REFUSED_LOGIN.search(str(error)):
                    raise
                renewed = self._credentials.login(refused=login)
                if renewed == login:
                    raise
                self._connection = self._connect(renewed, deadline)
        return self._connection

    def _connect(self, login: Login, deadline: Deadline) -> Connection:
        options = {**self._place.options, "user": login.username, "password": login.password}
        connection: Connection = psycopg2.connect(**options, application_name="almoner", async_=True)
        try:
            self._wait(connection, min(self._limits.connect, deadline.remaining_seconds))
        except BaseException:
            connection.close()
            raise
        return connection

    def _execute(
        self, connection: Connection, statements: str, values: Mapping[str, object], deadline: Deadline
    ) -> list[Row]:
        seconds = min(self._limits.statement, deadline.remaining_seconds)
        limit = f"SET LOCAL statement_timeout = {max(1, math.ceil(seconds * 1000))};"
        cursor = connection.cursor()
        cursor.execute(f"{limit}\n{statements}", values)
        self._wait(connection, seconds + _MARGIN_SECONDS)
        return cursor.fetchall() if cursor.description else []

    def _wait(self, connection: Connection, seconds: float) -> None:
        end = self._clock() + seconds
        while (state := connection.poll()) != POLL_OK:
            ready = select.poll()
            ready.register(connection.fileno(), {POLL_READ: select.POLLIN, POLL_WRITE: select.POLLOUT}[state])
            if not ready.poll(max(0.0, end - self._clock()) * 1000):
                raise _Unanswered


def _is_lost(error: BaseException) -> bool:
    """Whether the connection is of no use any more, rather than a statement refused."""
    return _code(error) is None or isinstance(error, _ENDED)


def _code(error: BaseException) -> str | None:
    return getattr(error, "pgcode", None)


def _unavailable() -> Unavailable:
    return Unavailable("The database does not answer; try again.", retry_after_seconds=2)


def _note(is_open: bool) -> None:
    logger.warning("database given a rest" if is_open else "database answers again")


_databases: WeakSet[Database] = WeakSet()


@not_shared
def _forget_connections() -> None:
    for database in list(_databases):
        database.forget()
