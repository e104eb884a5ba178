"""What staff get of the help desk's API, and what becomes of tickets, while its Postgres fails.

    python -m local with-platform python -m benchmarks.help_desk_under_failure [callers]

On the running platform, whose Postgres is started again with max_connections=20. 200 requests at once open tickets, and
then 200 read the contexts of tickets, each of another customer, so that none is kept in a warm function. While Postgres
is killed, 200 callers do both for 20 seconds. What is not answered is sent again afterwards, with the same key. On AWS
each request would have a processor of its own; here all share a few, and the times are mostly their queue.
"""

import http.client
import json
import os
import random
import string
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, closing, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from typing import Any
from urllib.parse import urlencode, urlsplit

from benchmarks.broken_postgres import Connect, frozen, full, locked, stopped
from benchmarks.latencies import p50_p99_longest
from local import services
from local.postgres.process import connect, crash
from local.workspace import Workspace, workspace
from tests.e2e.clients import Platform

_CALLERS, _CONNECTIONS, _CUSTOMERS = 200, 20, 20_000
_PATIENCE_SECONDS, _SENT_AGAIN_AT_ONCE = 300, 10
_LOAD_SECONDS, _UNTIL_KILLED_SECONDS = 20, 5
_RETRY_AFTER_SECONDS = 0.05
_FILL = """
INSERT INTO customers (user_id, name, email, since)
SELECT 'load-' || n, 'Customer ' || n, 'load-' || n || '@example.org', now() FROM generate_series(0, %s) n
ON CONFLICT DO NOTHING
"""

FULL, PLACEHOLDER, REFUSED, OTHER = "whole", "placeholder", "503", "other"


@dataclass(frozen=True)
class Answer:
    """`status` is 0 where the connection broke; times are of the monotonic clock."""

    status: int
    started_at: float
    ended_at: float
    can_be_repeated: bool
    body: Mapping[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        if self.status in {200, 201}:
            return PLACEHOLDER if self.body["customer"]["placeholder"] else FULL
        return REFUSED if self.status == 503 and self.can_be_repeated else OTHER


class HelpDesk:
    """As staff call it."""

    def __init__(self, url: str, token: str) -> None:
        self._url = urlsplit(url)
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}

    def open(self, subject: str, user_id: str) -> Answer:
        """The subject is the key, too."""
        body = {"subject": subject, "body": "It has not come.", "channel": "phone", "userId": user_id}
        return self._call("POST", "/tickets", body, {"Idempotency-Key": subject.replace(" ", "-")})

    def context(self, ticket_id: str) -> Answer:
        return self._call("GET", f"/tickets/{ticket_id}/context")

    def tickets(self, word: str) -> Iterator[Mapping[str, Any]]:
        """Those with that word in their subject."""
        query = {"q": word, "limit": "100"}
        while True:
            page = self._call("GET", f"/tickets?{urlencode(query)}").body
            yield from page["items"]
            if not page["nextCursor"]:
                return
            query["cursor"] = page["nextCursor"]

    def _call(self, method: str, path: str, body: object = None, headers: Mapping[str, str] = {}) -> Answer:
        started_at = time.monotonic()
        connection = http.client.HTTPConnection(self._url.hostname or "", self._url.port, timeout=_PATIENCE_SECONDS)
        try:
            content = None if body is None else json.dumps(body)
            connection.request(method, self._url.path + path, content, {**self._headers, **headers})
            answer = connection.getresponse()
            read = json.loads(answer.read() or b"{}")
        except (OSError, http.client.HTTPException):
            return Answer(0, started_at, time.monotonic(), can_be_repeated=False)
        finally:
            connection.close()
        can_be_repeated = answer.getheader("Retry-After") is not None
        return Answer(answer.status, started_at, time.monotonic(), can_be_repeated, read)


@dataclass
class Opened:
    """What was sent under a word that all its subjects have, and what was answered."""

    word: str
    customers: Iterator[int]
    answers: dict[str, Answer] = field(default_factory=dict)
    sent: dict[str, str] = field(default_factory=dict)

    def one(self, api: HelpDesk) -> Answer:
        subject = f"{self.word} {len(self.sent)}-{threading.get_ident()}"
        self.sent[subject] = f"load-{next(self.customers)}"
        self.answers[subject] = answer = api.open(subject, self.sent[subject])
        return answer

    @property
    def ticket_ids(self) -> list[str]:
        return [answer.body["ticketId"] for answer in self.answers.values() if answer.status == 201]

    def send_again(self, api: HelpDesk) -> None:
        """Everything, as clients do that have lost the answer. Raises SystemExit for a second ticket."""
        with ThreadPoolExecutor(_SENT_AGAIN_AT_ONCE) as threads:
            again = threads.map(lambda subject: api.open(subject, self.sent[subject]), self.answers)
            for subject, first, answer in zip(self.answers, self.answers.values(), again, strict=True):
                ticket_id = answer.body.get("ticketId")
                if answer.status != 201 or first.body.get("ticketId", ticket_id) != ticket_id:
                    raise SystemExit(f"{subject} was answered {first}, and then {answer}")


def main() -> None:
    here, callers = workspace(), int(sys.argv[1]) if len(sys.argv) > 1 else _CALLERS
    os.environ["POSTGRES_MAX_CONNECTIONS"] = str(_CONNECTIONS)
    postgres = services.postgres(here)
    postgres.stop()
    postgres.start()
    as_owner: Connect = partial(connect, here.postgres, here.postgres_port)
    with closing(as_owner()) as connection, connection, connection.cursor() as cursor:
        cursor.execute(_FILL, [_CUSTOMERS])
    platform = Platform(json.loads(here.outputs.read_text()))
    api = HelpDesk(platform.outputs["apis"]["knowledge_base"], platform.sample_user("staff").access_token)
    customers = count()
    failures: dict[str, AbstractContextManager[None]] = {
        "healthy": nullcontext(),
        "out of connections": full(as_owner),
        "slow: a lock": locked(as_owner),
        "frozen": frozen(here.postgres),
        "down": stopped(postgres),
    }
    before = _opened(customers)
    _at_once([partial(before.one, api)] * callers)  # also starts workers
    names = (FULL, PLACEHOLDER, REFUSED, OTHER, "p50 ms", "p99 ms", "longest")
    print(f"{'':34}" + "".join(f"{name:>12}" for name in names))
    for name, failure in failures.items():
        tickets = _opened(customers)
        with failure:
            _print(f"{name}, POST /tickets", _at_once([partial(tickets.one, api)] * callers))
            _print(f"{name}, GET context", _at_once([partial(api.context, each) for each in before.ticket_ids]))
        _print_outcome(api, tickets, time.monotonic(), _recovered(api, tickets.ticket_ids))
        before = tickets
    _show_kill(here, api, _opened(customers), callers)


def _show_kill(here: Workspace, api: HelpDesk, tickets: Opened, callers: int) -> None:
    end = time.monotonic() + _LOAD_SECONDS
    contexts = list[Answer]()

    def call() -> None:
        while time.monotonic() < end:
            answer = tickets.one(api)
            if answer.status == 201:
                contexts.append(api.context(answer.body["ticketId"]))

    with ThreadPoolExecutor(callers) as threads:
        calling = [threads.submit(call) for _ in range(callers)]
        time.sleep(_UNTIL_KILLED_SECONDS)
        crash(here.postgres)
        killed_at = time.monotonic()
        for each in calling:
            each.result()
    answers = [*tickets.answers.values(), *contexts]
    _print("killed, POST /tickets", [*tickets.answers.values()])
    _print("killed, GET context", contexts)
    whole = [each.ended_at for each in answers if each.kind == FULL and each.started_at > killed_at]
    _print_outcome(api, tickets, killed_at, min(whole, default=float("inf")))


def _opened(customers: Iterator[int]) -> Opened:
    return Opened("".join(random.choices(string.ascii_lowercase, k=16)), customers)  # noqa: S311  a word


def _at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    start = threading.Barrier(len(calls))

    def call(act: Callable[[], Answer]) -> Answer:
        start.wait()
        return act()

    with ThreadPoolExecutor(len(calls)) as threads:
        return list(threads.map(call, calls))


def _recovered(api: HelpDesk, ticket_ids: Sequence[str]) -> float:
    """When the first whole context has come."""
    while (answer := api.context(random.choice(ticket_ids))).kind != FULL:  # noqa: S311  one of many
        time.sleep(_RETRY_AFTER_SECONDS)
    return answer.ended_at


def _print(name: str, answers: Sequence[Answer]) -> None:
    kinds = Counter(answer.kind for answer in answers)
    times = p50_p99_longest([answer.ended_at - answer.started_at for answer in answers])
    counted = "".join(f"{kinds[kind]:12}" for kind in (FULL, PLACEHOLDER, REFUSED, OTHER))
    print(f"{name:34}{counted}" + "".join(f"{each:12.0f}" for each in times))
    if strange := Counter(answer.status for answer in answers if answer.kind == OTHER):
        print(f"  other statuses: {dict(strange)}")


def _print_outcome(api: HelpDesk, tickets: Opened, ended_at: float, whole_at: float) -> None:
    """`ended_at` is when the failure ended, `whole_at` when a customer was read again."""
    acknowledged = set(tickets.ticket_ids)
    found = {each["ticketId"] for each in api.tickets(tickets.word)}
    tickets.send_again(api)
    subjects = Counter(each["subject"] for each in api.tickets(tickets.word))
    doubled = sum(times > 1 for times in subjects.values())
    print(
        f"  acknowledged {len(acknowledged)}, lost {len(acknowledged - found)}; sent again {len(tickets.sent)}, found "
        f"{len(subjects)}, twice {doubled}; first whole context after {whole_at - ended_at:.1f} s"
    )


if __name__ == "__main__":
    main()
