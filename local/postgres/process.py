"""Postgres as a process: its program, and a Postgres as the child process of a test."""

import os
import signal
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg2
from psycopg2.extensions import connection as Connection  # noqa: N812  a class

from local.postgres.installation import DATABASE, USER, password_of, postmaster_of
from local.program import Child, Program
from local.workspace import HOST


@dataclass(frozen=True)
class PostgresProgram(Program):
    """Ready once its superuser can connect."""

    @property
    def is_ready(self) -> bool:
        try:
            connect(Path(self.environment["POSTGRES_FOLDER"]), self.port).close()
        except psycopg2.OperationalError:
            return False
        return True


def postgres_program(folder: Path, port: int, environment: Mapping[str, str]) -> PostgresProgram:
    """A Postgres that keeps its data in `folder`."""
    settings = {**environment, "POSTGRES_FOLDER": str(folder), "POSTGRES_PORT": str(port)}
    return PostgresProgram("postgres", "local.postgres.server", port, "", settings)


def connect(folder: Path, port: int, **settings: Any) -> Connection:
    """As the superuser. Raises psycopg2.OperationalError."""
    chosen = {"host": HOST, "port": port, "user": USER, "password": password_of(folder), "dbname": DATABASE}
    connection: Connection = psycopg2.connect(**{"connect_timeout": 5, **chosen, **settings})
    return connection


def crash(folder: Path, number: signal.Signals = signal.SIGKILL) -> None:
    """Kill the database itself, which server.py then starts again. Raises FileNotFoundError where there is none."""
    os.kill(postmaster_of(folder), number)


class PostgresProcess(Child):
    """A Postgres that keeps its log and its data in `folder`."""

    def __init__(self, folder: Path, port: int, **settings: object) -> None:
        """`settings` as server.py names them: max_connections=20."""
        self.folder, self.port = folder, port
        chosen = {f"POSTGRES_{name.upper()}": str(value) for name, value in settings.items()}
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(postgres_program(folder, port, {**os.environ, **chosen}), folder / "postgres.log")

    def connect(self, **settings: Any) -> Connection:
        """As the superuser. Raises psycopg2.OperationalError."""
        return connect(self.folder, self.port, **settings)

    def crash(self, number: signal.Signals = signal.SIGKILL) -> None:
        crash(self.folder, number)
