"""What the stand-in keeps: objects, answers by idempotency key. One file, or only memory."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from local.payments.errors import Json, Missing

KEYS_ARE_KEPT_SECONDS = 24 * 60 * 60
_NAMES = {"balance_transaction": "balance transaction", "confirmation_token": "confirmation token"}  # in errors
_SCHEMA = """
CREATE TABLE IF NOT EXISTS objects (number INTEGER PRIMARY KEY, id TEXT UNIQUE, kind TEXT, json TEXT);
CREATE INDEX IF NOT EXISTS by_kind ON objects (kind, number);
CREATE TABLE IF NOT EXISTS answers (key TEXT PRIMARY KEY, request TEXT, status INTEGER, json TEXT, at INTEGER);
"""


@dataclass(frozen=True)
class KeptAnswer:
    request: str
    status: int
    body: Json


class Store:
    """All objects are JSON in Stripe's form, each with its `object` and `id`; ids of others stand for them."""

    def __init__(self, file: Path | None = None) -> None:
        self._connection = sqlite3.connect(file or ":memory:", isolation_level=None)
        self._connection.execute("PRAGMA journal_mode=WAL")
        self._connection.executescript(_SCHEMA)

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All writes within it are kept, or none."""
        self._connection.execute("BEGIN")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        self._connection.execute("COMMIT")

    def put(self, item: Json) -> Json:
        """Add it, or write it in the place of the one with its id."""
        self._connection.execute(
            "INSERT INTO objects (id, kind, json) VALUES (?, ?, ?) ON CONFLICT (id) DO UPDATE SET json = excluded.json",
            (item["id"], item["object"], json.dumps(item)),
        )
        return item

    def find(self, id_: str) -> Json | None:
        row = self._connection.execute("SELECT json FROM objects WHERE id = ?", (id_,)).fetchone()
        return None if row is None else json.loads(row[0])

    def require(self, kind: str, id_: str, param: str = "id") -> Json:
        """Raises Missing, also for what is of another kind; `param` is the parameter that has named it."""
        item = self.find(id_)
        if item is None or item["object"] != kind:
            raise Missing(_NAMES.get(kind, kind), id_, param)
        return item

    def newest_first(self, kind: str) -> Iterator[Json]:
        rows = self._connection.execute("SELECT json FROM objects WHERE kind = ? ORDER BY number DESC", (kind,))
        return (json.loads(row[0]) for row in rows.fetchall())

    def answer(self, key: str, now: int) -> KeptAnswer | None:
        oldest = now - KEYS_ARE_KEPT_SECONDS
        row = self._connection.execute(
            "SELECT request, status, json FROM answers WHERE key = ? AND at > ?", (key, oldest)
        ).fetchone()
        return None if row is None else KeptAnswer(row[0], row[1], json.loads(row[2]))

    def keep_answer(self, key: str, answer: KeptAnswer, now: int) -> None:
        values = (key, answer.request, answer.status, json.dumps(answer.body), now)
        self._connection.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?)", values)
