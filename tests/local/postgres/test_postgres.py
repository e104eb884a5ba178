"""The local Postgres: who may connect, how many, and what outlives what."""

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import ExitStack, closing
from pathlib import Path

import psycopg2
import pytest
from psycopg2.extensions import connection as Connection  # noqa: N812  a class

from local.postgres.installation import data_of, end_orphan, postmaster_of
from local.postgres.process import PostgresProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import eventually, has_ended

MAX_CONNECTIONS = 20


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresProcess]:
    """In a folder that nobody else may enter, as pytest's are."""
    with PostgresProcess(tmp_path_factory.mktemp("postgres"), free_port(), max_connections=MAX_CONNECTIONS) as process:
        yield process


def query(postgres: PostgresProcess, text: str, **settings: object) -> list[tuple[object, ...]]:
    with closing(postgres.connect(**settings)) as connection, connection, connection.cursor() as cursor:
        cursor.execute(text)
        return cursor.fetchall() if cursor.description else []


def test_its_own_password_opens_it_and_no_other(postgres: PostgresProcess) -> None:
    assert query(postgres, "SELECT current_database(), current_user, current_setting('listen_addresses')") == [
        ("almoner", "postgres", "127.0.0.1")
    ]
    with pytest.raises(psycopg2.OperationalError, match="password authentication failed"):
        postgres.connect(password="wrong")
    assert (postgres.folder / "password").stat().st_mode & 0o077 == 0


def test_text_is_unicode_and_sorted_by_its_code_points(postgres: PostgresProcess) -> None:
    assert query(postgres, "SELECT word FROM unnest(ARRAY['é', 'Z', 'a', '😀']) word ORDER BY word COLLATE \"C\"") == [
        ("Z",),
        ("a",),
        ("é",),
        ("😀",),
    ]
    assert query(postgres, "SELECT upper('é'), current_setting('server_encoding')") == [("É", "UTF8")]


def test_it_refuses_more_connections_than_it_may_have(postgres: PostgresProcess) -> None:
    def connect_to_the_limit(stack: ExitStack) -> None:
        for _ in range(MAX_CONNECTIONS + 1):
            stack.enter_context(closing(postgres.connect()))

    refusal = r"too many clients|connection slots are reserved"
    with ExitStack() as stack, pytest.raises(psycopg2.OperationalError, match=refusal):
        connect_to_the_limit(stack)
    assert query(postgres, "SHOW max_connections") == [("20",)]


def test_commits_outlive_a_crash_which_ends_every_connection(postgres: PostgresProcess) -> None:
    query(postgres, "CREATE TABLE crashes (id serial PRIMARY KEY)")
    committed: list[int] = []
    failures: list[psycopg2.Error] = []
    writing = threading.Event()

    def write(connection: Connection) -> None:
        try:
            while True:
                with connection, connection.cursor() as cursor:
                    cursor.execute("INSERT INTO crashes DEFAULT VALUES RETURNING id")
                    row = cursor.fetchone()
                committed.append(row[0] if row else 0)
                writing.set()
        except psycopg2.Error as error:
            failures.append(error)

    writers = [threading.Thread(target=write, args=[postgres.connect()]) for _ in range(4)]
    for writer in writers:
        writer.start()
    assert writing.wait(30)
    before = postmaster_of(postgres.folder)
    postgres.crash(signal.SIGKILL)
    for writer in writers:
        writer.join(30)
    assert len(failures) == len(writers)

    def answers() -> set[object]:
        try:
            return {row[0] for row in query(postgres, "SELECT id FROM crashes")}
        except psycopg2.OperationalError:
            return set()

    assert eventually(answers) >= set(committed)
    assert postmaster_of(postgres.folder) != before


def test_data_outlives_a_restart_and_no_process_does(tmp_path: Path) -> None:
    postgres = PostgresProcess(tmp_path, free_port())
    (tmp_path / "new").mkdir()  # of a creation that broke off
    (tmp_path / "new/PG_VERSION").write_text("18")
    with postgres:
        query(postgres, "CREATE TABLE kept (id int)")
        pid = postmaster_of(tmp_path)
    assert has_ended(pid)
    with postgres:
        assert query(postgres, "SELECT count(*) FROM kept") == [(0,)]


def test_postgres_of_a_killed_server_is_ended_before_the_next(tmp_path: Path) -> None:
    postgres = PostgresProcess(tmp_path, free_port())
    with postgres:
        orphan = postmaster_of(tmp_path)
        os.kill(postgres.pid, signal.SIGKILL)
    assert not has_ended(orphan)
    end_orphan(tmp_path)
    assert eventually(lambda: has_ended(orphan))
    with postgres:
        assert query(postgres, "SELECT 1") == [(1,)]


def test_other_processes_are_left_alone(tmp_path: Path) -> None:
    end_orphan(tmp_path)  # nothing was ever started
    data_of(tmp_path).mkdir()
    (data_of(tmp_path) / "postmaster.pid").write_text(f"{os.getpid()}\n")
    end_orphan(tmp_path)
