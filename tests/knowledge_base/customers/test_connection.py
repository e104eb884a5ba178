"""A worker's connection to a database that is down, slow, full, frozen, or has other passwords by now."""

import json
import os
import signal
import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import replace

import pytest

from knowledge_base.customers.adapters.postgres.connection import Database, Limits, Place
from knowledge_base.customers.adapters.postgres.credentials import Login, SecretCredentials
from local.postgres.installation import postmaster_of
from local.postgres.process import PostgresProcess
from local.workspace import HOST, free_port
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline, ends_by
from tests.contracts.emulator.aws import eventually
from tests.knowledge_base.customers.postgres import FixedCredentials, TestDatabase, new_database
from tests.shared.aws.aws_server import Answers, AwsServer, answers, refuses

SOON = Limits(connect=0.5, statement=0.3, wait=1.0, failures=1_000_000)
"""The breaker has tests of its own."""
BOUND_SECONDS = SOON.wait + 1.0
"""With what a busy machine adds."""


@contextmanager
def refused_within(seconds: float) -> Iterator[None]:
    started = time.monotonic()
    with pytest.raises(Unavailable) as refusal:
        yield
    assert time.monotonic() - started < seconds
    assert refusal.value.retry_after_seconds > 0


def test_values_go_in_and_rows_come_out(database: TestDatabase) -> None:
    with database.open() as opened:
        assert opened.run("SELECT %(text)s, %(number)s + 1", text="it's %s; --", number=41) == [("it's %s; --", 42)]
        assert opened.run("CREATE TEMP TABLE nothing ()") == []


def test_statements_are_one_transaction(database: TestDatabase) -> None:
    insert = "INSERT INTO customers (user_id) VALUES ('one'); SELECT 1 / %(number)s"
    with database.open() as opened:
        with pytest.raises(Exception, match="division by zero"):
            opened.run(insert, number=0)
        assert opened.run("SELECT count(*) FROM customers") == [(0,)]
        assert opened.run(insert, number=1) == [(1,)]
        assert opened.run("SELECT count(*) FROM customers") == [(1,)]


def test_nothing_of_a_call_is_left_to_the_next(database: TestDatabase) -> None:
    """So that a proxy can give the connection to others in between."""
    with database.open(Limits()) as opened:
        assert opened.run("SHOW statement_timeout") == [("2s",)]
        rows = database.as_owner("SELECT state FROM pg_stat_activity WHERE usename = %s", database.user.username)
        assert rows == [("idle",)]
        connection = opened._connection
        assert connection is not None
        cursor = connection.cursor()
        cursor.execute(
            "SELECT name FROM pg_settings WHERE source = 'session' UNION SELECT name FROM pg_prepared_statements"
        )
        opened._wait(connection, 5)
        assert cursor.fetchall() == []


def test_a_slow_statement_is_cancelled_and_the_connection_goes_on(database: TestDatabase) -> None:
    with database.open(SOON) as opened:
        [(before,)] = opened.run("SELECT pg_backend_pid()")
        with refused_within(BOUND_SECONDS):
            opened.run("SELECT pg_sleep(10)")
        assert opened.run("SELECT pg_backend_pid()") == [(before,)]


def test_a_wait_for_somebody_elses_lock_is_bounded_too(database: TestDatabase) -> None:
    database.as_owner("INSERT INTO customers (user_id) VALUES ('one')")
    with closing(database.process.connect(dbname=database.place.name)) as owner, owner.cursor() as cursor:
        cursor.execute("SELECT * FROM customers FOR UPDATE")
        with database.open(SOON) as opened, refused_within(BOUND_SECONDS):
            opened.run("UPDATE customers SET name = 'Ada'")


def test_a_connection_that_was_closed_meanwhile_is_made_anew(database: TestDatabase) -> None:
    with database.open() as opened:
        for _ in range(3):
            [(pid,)] = opened.run("SELECT pg_backend_pid()")
            database.as_owner("SELECT pg_terminate_backend(%s, 5000)", pid)
        assert opened.run("SELECT 1") == [(1,)]


def test_what_was_running_when_its_connection_was_cut_is_run_again(database: TestDatabase) -> None:
    """Whether it had been carried out is unknown then."""
    with database.open(replace(SOON, statement=5, wait=10)) as opened, ThreadPoolExecutor(1) as threads:
        [(pid,)] = opened.run("SELECT pg_backend_pid()")
        running = threads.submit(opened.run, "SELECT pg_sleep(0.5), pg_backend_pid()")
        _wait_until_active(database, pid)
        database.as_owner("SELECT pg_terminate_backend(%s, 5000)", pid)
        [(_, other)] = running.result(10)
        assert other != pid


def test_no_more_time_is_taken_than_the_request_has(database: TestDatabase) -> None:
    with database.open() as opened, ends_by(Deadline(0.3)), refused_within(1.5):
        opened.run("SELECT pg_sleep(10)")


def test_threads_take_turns_and_wait_no_longer_than_they_may(database: TestDatabase) -> None:
    limits = replace(SOON, statement=2, wait=0.5)
    with database.open(limits) as opened, ThreadPoolExecutor(4) as threads:
        opened.run("SELECT 1")
        done = [threads.submit(_outcome, opened, "SELECT pg_sleep(0.3)") for _ in range(4)]
        outcomes = sorted(each.result(10) for each in done)
    assert outcomes[0] is False
    assert outcomes[-1] is True
    with database.open() as opened, ThreadPoolExecutor(8) as threads:
        answers = threads.map(lambda number: opened.run("SELECT %(number)s", number=number), range(50))
        assert list(answers) == [[(number,)] for number in range(50)]


def test_nobody_gets_the_answer_to_what_was_interrupted(database: TestDatabase) -> None:
    class Interrupted(Exception): ...

    def clock() -> float:
        if interrupting:
            raise Interrupted
        return time.monotonic()

    interrupting = False
    opened = Database(database.place, FixedCredentials(database.user), clock=clock)
    opened.run("SELECT 1")
    connection = opened._connection
    interrupting = True
    with pytest.raises(Interrupted):
        opened._run("SELECT pg_sleep(0.1), 'theirs'", {}, Deadline(5))
    interrupting = False
    assert connection is not None
    assert connection.closed
    assert opened.run("SELECT 'mine'") == [("mine",)]
    opened.close()


def test_what_is_wrong_with_a_statement_is_nobodys_unavailability(database: TestDatabase) -> None:
    with database.open() as opened:
        with pytest.raises(Exception, match="syntax error"):
            opened.run("SELEKT 1")
        assert opened.run("SELECT 1") == [(1,)]


def test_a_password_that_has_changed_is_looked_up_again(database: TestDatabase) -> None:
    credentials = FixedCredentials(database.user)
    opened = Database(database.place, credentials, SOON)
    opened.run("SELECT 1")
    new = Login(database.user.username, "the next one")
    _set_password(database, new)
    assert opened.run("SELECT 1") == [(1,)]  # a connection stays what it is
    opened.close()
    credentials.current = new
    assert opened.run("SELECT 1") == [(1,)]
    assert credentials.reads == 1
    opened.close()


def test_it_is_looked_up_once_and_nobody_is_locked_out_for_good(database: TestDatabase) -> None:
    credentials = FixedCredentials(replace(database.user, password="wrong"))
    opened = Database(database.place, credentials, SOON)
    with refused_within(BOUND_SECONDS):
        opened.run("SELECT 1")
    assert credentials.reads == 1
    credentials.current = database.user
    assert opened.run("SELECT 1") == [(1,)]
    opened.close()


def test_secrets_are_read_once_and_again_if_refused(aws: AwsServer) -> None:
    for password in ("first", "second"):
        aws.outcomes.append(answers({"SecretString": json.dumps({"username": "ada", "password": password})}))
    credentials = SecretCredentials("arn:aws:secretsmanager:us-west-2:123456789012:secret:Ada")
    first = credentials.login()
    assert (first, credentials.login()) == (Login("ada", "first"), first)
    second = credentials.login(refused=first)
    assert second == Login("ada", "second")
    assert credentials.login(refused=first) == second  # somebody else has looked it up meanwhile
    assert len(aws.requests) == 2
    assert "second" not in repr(second)


@pytest.mark.parametrize(
    "outcome",
    [
        refuses("ResourceNotFoundException"),
        refuses("AccessDeniedException"),
        answers({"SecretString": "{}"}),
        answers({"SecretString": "ada"}),
        answers({"SecretBinary": ""}),
    ],
    ids=["gone", "not allowed", "empty", "no JSON", "bytes"],
)
def test_without_credentials_there_is_no_database(aws: AwsServer, outcome: Answers) -> None:
    aws.outcomes.append(outcome)
    opened = Database(Place(HOST, free_port(), "almoner"), SecretCredentials("arn:secret"), SOON)
    with refused_within(BOUND_SECONDS):
        opened.run("SELECT 1")


def test_nobody_listens(database: TestDatabase) -> None:
    opened = Database(Place(HOST, free_port(), "almoner"), FixedCredentials(database.user), SOON)
    with refused_within(BOUND_SECONDS):
        opened.run("SELECT 1")


def test_somebody_listens_and_says_nothing(database: TestDatabase) -> None:
    with socket.create_server((HOST, 0)) as silent:
        opened = Database(Place(HOST, silent.getsockname()[1], "almoner"), FixedCredentials(database.user), SOON)
        with refused_within(BOUND_SECONDS):
            opened.run("SELECT 1")


def test_a_database_that_keeps_failing_is_given_a_rest(database: TestDatabase) -> None:
    times = [0.0]
    place = Place(HOST, free_port(), "almoner")
    opened = Database(place, FixedCredentials(database.user), Limits(failures=2, rest=5), clock=lambda: times[0])
    for _ in range(2):
        with pytest.raises(Unavailable, match="database"):
            opened.run("SELECT 1")
    with pytest.raises(Unavailable, match="failing"):
        opened.run("SELECT 1")
    opened._place = database.place
    times[0] = 6
    assert opened.run("SELECT 1") == [(1,)]
    opened.close()


def test_a_newer_schema_than_there_is_counts_as_unavailable(postgres: PostgresProcess) -> None:
    database = new_database(postgres)
    with database.open() as opened:
        for statement in ("SELECT * FROM of_the_next_release", "SELECT of_the_next_release FROM customers"):
            with refused_within(BOUND_SECONDS):
                opened.run(statement)
        assert opened.run("SELECT 1") == [(1,)]


def test_a_copy_of_the_process_has_no_part_in_the_connection(database: TestDatabase) -> None:
    with database.open() as opened:
        [(pid,)] = opened.run("SELECT pg_backend_pid()")
        child = os.fork()
        if not child:
            [(other,)] = opened.run("SELECT pg_backend_pid()")
            os._exit(0 if other != pid else 1)
        assert os.waitpid(child, 0)[1] == 0
        assert opened.run("SELECT pg_backend_pid()") == [(pid,)]


def test_elsewhere_nothing_goes_without_tls() -> None:
    with pytest.raises(ValueError, match="authorities"):
        Place("database.example.org", 5432, "almoner")
    options = Place("database.example.org", 5432, "almoner", "/opt/ca.pem").options
    assert (options["sslmode"], options["sslrootcert"]) == ("verify-full", "/opt/ca.pem")


class TestBrokenServers:
    """Each has a Postgres of its own."""

    @pytest.fixture
    def own(self, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestDatabase]:
        folder = tmp_path_factory.mktemp("broken")
        with PostgresProcess(folder, free_port(), max_connections=20) as process:
            yield new_database(process)

    def test_a_frozen_server_is_left_after_a_while(self, own: TestDatabase) -> None:
        with own.open(SOON) as opened:
            [(pid,)] = opened.run("SELECT pg_backend_pid()")
            processes = [pid, postmaster_of(own.process.folder)]
            for each in processes:
                os.kill(each, signal.SIGSTOP)
            try:
                with refused_within(BOUND_SECONDS):
                    opened.run("SELECT 1")
            finally:
                for each in processes:
                    os.kill(each, signal.SIGCONT)
            assert opened.run("SELECT 1") == [(1,)]

    def test_after_a_crash_it_is_back_within_seconds_and_no_commit_is_lost(self, own: TestDatabase) -> None:
        """Eight workers write; whatever was acknowledged is there, and all go on by themselves."""
        own.as_owner("CREATE TABLE written (id text PRIMARY KEY)")
        own.as_owner(f"GRANT SELECT, INSERT ON written TO {own.user.username}")
        acknowledged: list[str] = []
        refused: list[float] = []
        slowest = [0.0]
        crashed, stop = threading.Event(), threading.Event()
        recovered: list[float] = []

        def write(worker: int) -> None:
            with own.open(Limits(connect=1, statement=1, wait=2, failures=3, rest=0.5)) as opened:
                number = 0
                while not stop.is_set():
                    id_ = f"{worker}-{number}"
                    started = time.monotonic()
                    try:
                        opened.run("INSERT INTO written VALUES (%(id)s) ON CONFLICT DO NOTHING", id=id_)
                    except Unavailable:
                        refused.append(time.monotonic())
                        time.sleep(0.01)
                    else:
                        acknowledged.append(id_)
                        number += 1
                        if crashed.is_set():
                            recovered.append(time.monotonic())
                    slowest[0] = max(slowest[0], time.monotonic() - started)

        with ThreadPoolExecutor(8) as threads:
            workers = [threads.submit(write, worker) for worker in range(8)]
            assert eventually(lambda: len(acknowledged) > 200)
            own.process.crash(signal.SIGKILL)
            killed = time.monotonic()
            assert eventually(lambda: bool(refused))
            crashed.set()
            assert eventually(lambda: len(recovered) > 200)
            stop.set()
            for each in workers:
                each.result(10)
        stored = {row[0] for row in own.as_owner("SELECT id FROM written")}
        assert stored >= set(acknowledged)
        assert min(recovered) - killed < 15
        assert slowest[0] < 4

    def test_two_hundred_at_once_of_a_server_for_twenty_all_get_an_answer(self, own: TestDatabase) -> None:
        """Each as a worker of its own: those for whom there is no connection hear so soon, and none hangs."""
        barrier = threading.Barrier(200)

        def ask(_: int) -> tuple[bool, float]:
            with own.open(Limits(connect=3, statement=3, wait=4)) as opened:
                barrier.wait(60)
                started = time.monotonic()
                answered = _outcome(opened, "SELECT pg_sleep(0.05)")
                return answered, time.monotonic() - started

        with ThreadPoolExecutor(200) as threads:
            outcomes = list(threads.map(ask, range(200)))
        answered = [outcome for outcome, _ in outcomes]
        assert any(answered)
        assert not all(answered)
        assert max(seconds for _, seconds in outcomes) < 8
        with own.open() as opened:
            assert opened.run("SELECT 1") == [(1,)]


def _outcome(database: Database, statement: str) -> bool:
    try:
        database.run(statement)
    except Unavailable:
        return False
    return True


def _set_password(database: TestDatabase, login: Login) -> None:
    database.as_owner(f"ALTER ROLE {login.username} PASSWORD %s", login.password)


def _wait_until_active(database: TestDatabase, pid: int) -> None:
    assert eventually(
        lambda: bool(database.as_owner("SELECT 1 FROM pg_stat_activity WHERE pid = %s AND state = 'active'", pid))
    )
