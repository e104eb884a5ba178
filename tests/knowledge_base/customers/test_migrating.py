"""Migrations: once each, in order, forwards only, and while others read and write."""

import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import replace
from pathlib import Path

import pytest

from knowledge_base.customers.adapters.postgres import migrating
from knowledge_base.customers.adapters.postgres.connection import Limits, Place
from knowledge_base.customers.adapters.postgres.credentials import Login
from knowledge_base.customers.adapters.postgres.migrating import FOLDER, PostgresSchema, migrations_of
from knowledge_base.customers.adapters.postgres.records import PostgresCustomers
from knowledge_base.customers.domain.migrating import CannotMigrate, Migrated, MigrationChanged
from knowledge_base.customers.domain.recording import OrderEnded
from local.postgres.process import PostgresProcess
from local.workspace import HOST, free_port
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.contracts.emulator.aws import eventually
from tests.knowledge_base.customers.facts import ADA
from tests.knowledge_base.customers.postgres import FixedCredentials, TestDatabase, new_database
from tests.knowledge_base.customers.test_records import HISTORY, WHAT_IT_COMES_TO

NEWEST = len(migrations_of())


@pytest.fixture
def empty(postgres: PostgresProcess) -> TestDatabase:
    return new_database(postgres, migrated=False)


def folder(path: Path, **texts: str) -> Path:
    """Of migrations: `_0001_first` for a file of that name."""
    path.mkdir(exist_ok=True)
    for name, text in texts.items():
        (path / f"{name.lstrip('_')}.sql").write_text(text)
    return path


def test_each_is_applied_once(empty: TestDatabase) -> None:
    assert empty.migrate() == Migrated(tuple(range(1, NEWEST + 1)), is_complete=True)
    assert empty.migrate() == Migrated((), is_complete=True)
    rows = empty.as_owner("SELECT number, name FROM migrations ORDER BY number")
    assert [f"{number:04}_{name}.sql" for number, name in rows] == sorted(file.name for file in FOLDER.iterdir())


def test_several_who_migrate_at_once_do_it_once(empty: TestDatabase) -> None:
    with ThreadPoolExecutor(4) as threads:
        done = [each.result() for each in [threads.submit(empty.migrate) for _ in range(4)]]
    assert sorted(len(each.applied) for each in done) == [0, 0, 0, NEWEST]


def test_one_that_fails_leaves_nothing_and_is_applied_once_it_is_right(empty: TestDatabase, tmp_path: Path) -> None:
    broken = folder(tmp_path, _0001_first="CREATE TABLE one ();", _0002_second="CREATE TABLE two (); SELECT 1 / 0;")
    with pytest.raises(Exception, match="division by zero"):
        empty.migrate(broken)
    assert empty.as_owner("SELECT to_regclass('one')::text, to_regclass('two')::text") == [("one", None)]
    corrected = folder(tmp_path, _0002_second="CREATE TABLE two ();")
    assert empty.migrate(corrected) == Migrated((2,), is_complete=True)


def test_one_that_was_applied_may_not_change(empty: TestDatabase, tmp_path: Path) -> None:
    empty.migrate(folder(tmp_path, _0001_first="CREATE TABLE one ();"))
    with pytest.raises(MigrationChanged, match="Migration 1 has changed"):
        empty.migrate(folder(tmp_path, _0001_first="CREATE TABLE one (id int);"))


def test_code_of_an_older_release_leaves_a_newer_schema_as_it_is(empty: TestDatabase, tmp_path: Path) -> None:
    newer = folder(tmp_path / "newer", _0001_first="CREATE TABLE one ();", _0002_second="CREATE TABLE two ();")
    empty.migrate(newer)
    assert empty.migrate(folder(tmp_path / "older", _0001_first="CREATE TABLE one ();")) == Migrated((), True)
    assert empty.as_owner("SELECT to_regclass('two')::text") == [("two",)]


def test_numbers_have_no_gaps(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="1, 2, 3"):
        migrations_of(folder(tmp_path, _0001_first="", _0003_third=""))


def test_batches_go_on_until_nothing_changes(empty: TestDatabase, tmp_path: Path) -> None:
    texts = {
        "_0001_first": "CREATE TABLE one (id int); INSERT INTO one SELECT generate_series(1, 1000);",
        "_0002_second": "-- in batches\nDELETE FROM one WHERE id IN (SELECT id FROM one LIMIT 300);",
    }
    assert empty.migrate(folder(tmp_path, **texts)).is_complete
    assert empty.as_owner("SELECT count(*) FROM one") == [(0,)]


def test_batches_that_take_too_long_are_continued_by_the_next_run(empty: TestDatabase, tmp_path: Path) -> None:
    empty.migrate(folder(tmp_path, _0001_first="CREATE TABLE one AS SELECT generate_series(1, 1000) id;"))
    batches = "-- in batches\nDELETE FROM one WHERE id IN (SELECT id FROM one LIMIT 300);"
    assert empty.migrate(folder(tmp_path, _0002_second=batches), seconds=0) == Migrated((), is_complete=False)
    assert empty.as_owner("SELECT count(*) FROM one") == [(700,)]
    assert empty.migrate(tmp_path) == Migrated((2,), is_complete=True)


def test_an_index_whose_building_broke_off_is_built_anew(postgres: PostgresProcess, tmp_path: Path) -> None:
    database = new_database(postgres, migrated=False)
    first, second, index = (f"_{file.stem}" for file in sorted(FOLDER.iterdir())[:3])
    texts = {f"_{file.stem}": file.read_text() for file in FOLDER.iterdir()}
    database.migrate(folder(tmp_path / "before", **{name: texts[name] for name in (first, second)}))
    database.as_owner("CREATE INDEX customers_by_email ON customers (lower(name))")  # stands for an invalid one
    database.migrate(folder(tmp_path / "after", **{name: texts[name] for name in (first, second, index)}))
    definitions = "SELECT indexdef FROM pg_indexes WHERE indexname = 'customers_by_email'"
    [(definition,)] = database.as_owner(definitions)
    assert "lower(email)" in str(definition)
    database.migrate()
    assert database.as_owner(definitions) == []


def test_nobody_waits_behind_a_migration_that_waits_for_a_lock(
    database: TestDatabase, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It gives up its place in the queue, and tries again."""
    monkeypatch.setattr(migrating, "_LOCK_TIMEOUT", "100ms")
    monkeypatch.setattr(migrating, "_PAUSE_SECONDS", 0.2)
    texts = {f"_{file.stem}": file.read_text() for file in FOLDER.iterdir()}
    altered = folder(tmp_path, **texts, _0099_next="ALTER TABLE customers ADD nickname text;")
    (altered / "0099_next.sql").rename(altered / f"{NEWEST + 1:04}_next.sql")
    slow = database.process.connect(dbname=database.place.name)
    slowest = 0.0
    with ThreadPoolExecutor(1) as threads, closing(slow), slow.cursor() as cursor, database.open() as opened:
        cursor.execute("SELECT * FROM customers")  # in a transaction that stays open
        migration = threads.submit(database.migrate, altered)
        waiting = (
            "SELECT 1 FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query LIKE 'ALTER TABLE customers%%'"
        )
        assert eventually(lambda: database.as_owner(waiting, None))
        for _ in range(20):
            started = time.monotonic()
            opened.run("SELECT count(*) FROM customers")
            slowest = max(slowest, time.monotonic() - started)
            time.sleep(0.03)
        slow.rollback()
        assert migration.result(30).applied == (NEWEST + 1,)
    assert slowest < 1


def test_a_migration_that_gets_no_lock_in_time_is_for_later(database: TestDatabase, tmp_path: Path) -> None:
    texts = {f"_{file.stem}": file.read_text() for file in FOLDER.iterdir()}
    altered = folder(tmp_path, **texts)
    (altered / f"{NEWEST + 1:04}_next.sql").write_text("ALTER TABLE customers ADD nickname text;")
    slow = database.process.connect(dbname=database.place.name)
    with closing(slow), slow.cursor() as cursor:
        cursor.execute("SELECT * FROM customers")
        with pytest.raises(Unavailable):
            database.migrate(altered, seconds=0.1)
    assert database.migrate(altered).applied == (NEWEST + 1,)


def test_the_user_owns_nothing_and_may_change_no_schema(database: TestDatabase) -> None:
    refused = ("CREATE TABLE mine ()", "DROP TABLE customers", "ALTER TABLE customers ADD x int", "TRUNCATE customers")
    with database.open(Limits(failures=1_000_000)) as opened:
        for statement in (*refused, "SELECT * FROM migrations", "CREATE ROLE another", "DELETE FROM migrations"):
            with pytest.raises(Unavailable):
                opened.run(statement)
        for statement in ("SELECT * FROM customers", "DELETE FROM donations", "UPDATE orders SET number = ''"):
            opened.run(statement)
    settings = database.as_owner("SELECT rolconfig, rolsuper FROM pg_roles WHERE rolname = %s", database.user.username)
    [(configured, is_super)] = settings
    assert not is_super
    assert {"idle_session_timeout=10min", "statement_timeout=10s"} <= set(configured)  # type: ignore[call-overload]


def test_a_rotated_password_is_set_by_the_next_run(database: TestDatabase) -> None:
    rotated = replace(database.user, password="another '\\ one %s")
    replace(database, user=rotated).migrate()
    with database.open(login=rotated) as opened:
        assert opened.run("SELECT 1") == [(1,)]
    with database.open() as opened, pytest.raises(Unavailable):
        opened.run("SELECT 1")


def test_migrations_get_a_connection_however_many_the_user_has(tmp_path: Path) -> None:
    with PostgresProcess(tmp_path, free_port(), max_connections=10) as process, ExitStack() as workers:
        database = new_database(process)
        for _ in range(10 - 3 - 5):  # three are for superusers
            workers.enter_context(database.open()).run("SELECT 1")
        with pytest.raises(Unavailable):
            workers.enter_context(database.open()).run("SELECT 1")
        assert database.migrate().is_complete


def test_a_database_elsewhere_is_not_migrated_by_a_package_that_cannot_verify_it() -> None:
    anybody = FixedCredentials(Login("anybody", "secret"))
    place = Place("database.example.org", 5432, "almoner", "/opt/missing.pem")
    with pytest.raises(CannotMigrate, match=r"no missing\.pem"):
        PostgresSchema(place, anybody, anybody).migrate(Deadline(1))


def test_the_servers_log_has_no_password(postgres: PostgresProcess) -> None:
    database = new_database(postgres, migrated=False)
    database.as_owner(f"ALTER DATABASE {database.place.name} SET log_statement = 'all'")
    secret = replace(database.user, password="nobody may read this")
    replace(database, user=secret).migrate()
    log = (postgres.folder / "postgres.log").read_text(errors="replace")
    assert f'ALTER ROLE "{secret.username}" PASSWORD \'SCRAM-SHA-256$' in log
    assert secret.password not in log


def test_a_database_out_of_reach_is_for_later() -> None:
    anybody = FixedCredentials(Login("anybody", "secret"))
    schema = PostgresSchema(Place(HOST, free_port(), "almoner"), anybody, anybody)
    with pytest.raises(Unavailable):
        schema.migrate(Deadline(1))


class TestWhileRequestsRun:
    """A database of twenty thousand customers, of each schema there ever was, that is read and written meanwhile."""

    CUSTOMERS = 20_000

    def test_no_request_fails_and_none_waits_long(self, postgres: PostgresProcess, tmp_path: Path) -> None:
        files = sorted(FOLDER.iterdir())
        readable = 2  # from which schema on this code reads
        database = new_database(postgres, migrated=False)
        steps = tmp_path / "steps"
        database.migrate(folder(steps, **{f"_{file.stem}": file.read_text() for file in files[:readable]}))
        self._fill(database)
        slowest, calls, stop = [0.0], [0], threading.Event()

        def work(worker: int) -> None:
            with database.open(Limits(failures=1)) as opened:
                customers = PostgresCustomers(opened)
                number = 0
                while not stop.is_set():
                    user_id = f"user-{(worker * 7919 + number * 104_729) % self.CUSTOMERS}"
                    started = time.monotonic()
                    if number % 3:
                        assert customers.find(user_id, 10).orders
                    else:
                        assert customers.record(OrderEnded(user_id, f"order-{user_id}", "1", "fulfilled"))
                    slowest[0] = max(slowest[0], time.monotonic() - started)
                    calls[0] += 1
                    number += 1

        with ThreadPoolExecutor(4) as threads:
            workers = [threads.submit(work, worker) for worker in range(4)]
            assert eventually(lambda: calls[0] > 100)
            for file in files[readable:]:
                (steps / file.name).write_text(file.read_text())
                assert database.migrate(steps).is_complete
            # what migrations of the next releases may do: a column, and its values little by little
            more: Mapping[str, str] = {
                "language": "ALTER TABLE customers ADD language text;",
                "languages": "-- in batches\nUPDATE customers SET language = 'en' WHERE user_id IN ("
                "SELECT user_id FROM customers WHERE language IS NULL LIMIT 2000 FOR UPDATE SKIP LOCKED);",
                "by_language": "-- no transaction\nDROP INDEX CONCURRENTLY IF EXISTS customers_by_language;\n\n"
                "CREATE INDEX CONCURRENTLY customers_by_language ON customers (language);",
            }
            for number, (name, text) in enumerate(more.items(), NEWEST + 1):
                (steps / f"{number:04}_{name}.sql").write_text(text)
                assert database.migrate(steps).applied == (number,)
            after = calls[0]
            assert eventually(lambda: calls[0] > after + 100)
            stop.set()
            for each in workers:
                each.result(30)  # raises what a request has raised
        assert slowest[0] < 3
        assert database.as_owner("SELECT count(*) FROM customers WHERE language = 'en'") == [(self.CUSTOMERS,)]

    def _fill(self, database: TestDatabase) -> None:
        database.as_owner(
            "INSERT INTO customers (user_id, name, email)"
            " SELECT 'user-' || n, 'Name ' || n, 'user' || n || '@example.org' FROM generate_series(0, %s - 1) n",
            self.CUSTOMERS,
        )
        database.as_owner(
            "INSERT INTO orders (order_id, user_id, number, total, currency, placed_at)"
            " SELECT 'order-' || user_id, user_id, '1', 100, 'GBP', now() FROM customers"
        )


class TestOtherReleases:
    def test_code_of_the_first_release_works_on_the_newest_schema(self, database: TestDatabase) -> None:
        """These statements are not kept up with the code: they are what an old worker still sends."""
        with database.open() as opened:
            opened.run(
                "INSERT INTO customers (user_id) VALUES (%(user_id)s) ON CONFLICT (user_id) DO NOTHING;"
                "UPDATE customers SET name = coalesce(name, %(name)s),"
                " email = CASE WHEN email_version = 0 THEN %(email)s ELSE email END,"
                " email_version = greatest(email_version, 1), since = least(since, now())"
                " WHERE user_id = %(user_id)s AND erased_at IS NULL;"
                "INSERT INTO orders (order_id, user_id, number, total, currency, placed_at)"
                " SELECT 'order-1', %(user_id)s, '100001', 4595, 'GBP', now()"
                " FROM (SELECT FROM customers WHERE user_id = %(user_id)s AND erased_at IS NULL FOR SHARE) living"
                " ON CONFLICT (order_id) DO NOTHING;"
                "INSERT INTO order_refunds (refund_id, order_id, user_id, amount, failed)"
                " VALUES ('refund-1', 'order-1', %(user_id)s, 100, false);",
                user_id=ADA,
                name="Ada",
                email="ada@example.org",
            )
            rows = opened.run(
                "SELECT c.name, c.email, o.status, o.total, o.currency, o.placed_at IS NOT NULL, r.amount"
                " FROM customers c JOIN orders o USING (user_id) JOIN order_refunds r USING (order_id)"
                " WHERE c.user_id = %(user_id)s",
                user_id=ADA,
            )
            assert rows == [("Ada", "ada@example.org", "placed", 4595, "GBP", True, 100)]
            found = PostgresCustomers(opened).find(ADA, 10)
            assert found.customer is not None
            assert [order.number for order in found.orders] == ["100001"]

    @pytest.mark.parametrize("schema", range(NEWEST + 1))
    def test_this_code_on_any_older_schema_is_served_or_unavailable_and_loses_nothing(
        self, postgres: PostgresProcess, tmp_path: Path, schema: int
    ) -> None:
        """What is unavailable comes again: events are tried for a day, and customers get the placeholder."""
        database = new_database(postgres, migrated=False)
        if schema:
            files = sorted(FOLDER.iterdir())[:schema]
            database.migrate(folder(tmp_path, **{f"_{file.stem}": file.read_text() for file in files}))
        else:
            database.as_owner(f"CREATE ROLE {database.user.username} LOGIN PASSWORD %s", database.user.password)
        with database.open(Limits(failures=1_000_000)) as opened:
            customers = PostgresCustomers(opened)
            later = []
            for fact in HISTORY:
                try:
                    customers.record(fact)
                except Unavailable:
                    later.append(fact)
            assert bool(later) == (schema < 2)
            database.migrate()
            for fact in later:
                customers.record(fact)
            assert customers.find(ADA, 10) == WHAT_IT_COMES_TO
