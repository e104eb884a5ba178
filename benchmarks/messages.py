"""Messages: what sending one costs, and a page of a conversation of 10 and of 100,000.

    python -m benchmarks.messages [messages …]
    make up && ALMONER_OUTPUTS=.local/outputs.json python -m benchmarks.messages

With the adapters, on a DynamoDB of its own: calls one after another, and the units that AWS charges. No times of pages:
unlike AWS, the local DynamoDB reads a whole partition for each. With a platform, also how long POST /messages takes, in
turns with GET /users/me, which reads one item: their ratio is what the machine does not decide.
"""

import json
import os
import statistics
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any
from unittest import mock

import requests
from botocore.config import Config

from benchmarks.capacity import counted, read_units, write_units
from communications.conversations import wiring
from communications.conversations.adapters.records import MembershipRecord, MessageRecord, PointerRecord
from communications.conversations.answers import sent_message
from communications.conversations.domain.messages import Message
from communications.conversations.domain.sending import Draft
from communications.users.wiring import records
from local.workspace import ROOT
from shared.auth.callers import Caller
from shared.aws import clients
from shared.dynamodb.records import put_many
from shared.idempotency.claims import claim_of
from tests.communications.examples import a_user
from tests.e2e.clients import Platform
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.emulator import running_emulator

_SIZES = (10, 100_000)
_PAGE = 20
_REQUESTS = 200
_TABLES = {
    "ADDRESSES": "Addresses",
    "BLOCKS": "Blocks",
    "CONVERSATIONS": "Conversations",
    "IDEMPOTENCY": "Idempotency",
    "INBOX_ENTRIES": "InboxEntries",
    "INBOX_HEADS": "InboxHeads",
    "MEMBERSHIPS": "Memberships",
    "MESSAGES": "Messages",
    "THREADS": "Threads",
    "USERS": "Users",
}
_STAFF = Caller("priya", frozenset({"staff"}))


def main() -> None:
    with _dynamodb():
        people = [a_user(f"user-{number}") for number in range(50)]
        for user in [*people, a_user("priya")]:
            records().add(user)
        print(f"{'':42} {'calls':>6} {'RCU':>7} {'WCU':>6}")
        for recipients in (1, 50):
            message = _sending([user.user_id for user in people[:recipients]])
            _print(f"fan-out to {recipients}", partial(wiring.fan_out().deliver, message, _now()))
        for size in tuple(map(int, sys.argv[1:])) or _SIZES:
            _pages(size)
    if "ALMONER_OUTPUTS" in os.environ:
        _latencies(json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text()))


def _sending(to: list[str]) -> Message:
    """The sender's copy of the second message, which goes into a conversation that there is."""
    draft, answers = Draft("Good morning, and thank you for your help. " * 4, tuple(to)), list[Any]()

    def send() -> None:
        claim = claim_of("priya", "POST /messages", uuid.uuid4().hex, draft.content)
        answers.append(wiring.sending().send(_STAFF, draft, claim, _now(), sent_message))

    _print(f"POST /messages, first, to {len(to)}", send)
    _print(f"POST /messages, to {len(to)}", send)
    message = wiring.reading().messages.find(answers[-1].message_id, "priya")
    assert message  # noqa: S101  it has just been sent
    return message


def _pages(size: int) -> None:
    conversation_id, created_at = f"of-{size}", datetime(2026, 1, 1, tzinfo=UTC)
    ids = [f"{conversation_id}-{number:06d}" for number in range(1, size + 1)]
    threads = PointerRecord.at(os.environ["THREADS_TABLE"])
    put_many(
        threads,
        [threads(f"{conversation_id}#ada", seq, message_id=id_, sender_id="priya") for seq, id_ in enumerate(ids, 1)],
    )
    copies = MessageRecord.at(os.environ["MESSAGES_TABLE"])
    put_many(copies, [copies.of(_copy(id_, seq, conversation_id, created_at)) for seq, id_ in enumerate(ids, 1)])
    MembershipRecord.at(os.environ["MEMBERSHIPS_TABLE"])(
        "ada", conversation_id, unread=size, last_seq=size, last_message_id=ids[-1], cause="message"
    ).put()
    reading = wiring.reading()
    first = reading.page("ada", conversation_id, None, None, _PAGE)
    name = f"page of {_PAGE}, {size:,} messages"
    _print(f"{name}, newest", lambda: reading.page("ada", conversation_id, None, None, _PAGE))
    if first.following:
        _print(f"{name}, next", lambda: reading.page("ada", conversation_id, None, first.following, _PAGE))
    _print(f"{name}, since", lambda: reading.page("ada", conversation_id, max(0, size - _PAGE), None, _PAGE))


def _copy(message_id: str, seq: int, conversation_id: str, created_at: datetime) -> Message:
    at = created_at + timedelta(seconds=seq)
    return Message(
        message_id=message_id,
        user_id="ada",
        conversation_id=conversation_id,
        sender_id="priya",
        content="Good morning, and thank you for your help. " * 4,
        created_at=at,
        updated_at=at,
        seq=seq,
    )


def _print(name: str, work: Callable[[], object]) -> None:
    with counted() as calls:
        work()
    print(f"{name:42} {len(calls):6} {read_units(calls):7.1f} {write_units(calls):6}")


def _latencies(outputs: dict[str, Any]) -> None:
    platform, session, base = Platform(outputs), requests.Session(), outputs["apis"]["communications"]
    session.headers["Authorization"] = f"Bearer {platform.sample_user(None).access_token}"
    to = platform.sample_user("staff").user_id

    def post() -> requests.Response:
        body = {"to": [to], "content": "Good morning."}
        return session.post(f"{base}/messages", json=body, headers={"Idempotency-Key": uuid.uuid4().hex})

    calls: dict[str, Callable[[], requests.Response]] = {
        "POST /messages": post,
        "GET /users/me": lambda: session.get(f"{base}/users/me"),
    }
    seconds: dict[str, list[float]] = {name: [] for name in calls}
    for number in range(_REQUESTS + 10):
        for name, call in calls.items():
            started = time.perf_counter()
            answer = call()
            if not answer.ok:
                raise SystemExit(f"{name}: {answer.status_code} {answer.text}")
            if number >= 10:  # warm
                seconds[name].append(time.perf_counter() - started)
    for name, measured in seconds.items():
        p50, p99 = statistics.median(measured), statistics.quantiles(measured, n=100)[98]
        print(f"{name:20} p50 {p50 * 1000:6.1f} ms  p99 {p99 * 1000:6.1f} ms")
    ratio = statistics.median(seconds["POST /messages"]) / statistics.median(seconds["GET /users/me"])
    print(f"POST /messages ÷ GET /users/me: p50 {ratio:.2f}")


@contextmanager
def _dynamodb() -> Iterator[None]:
    """With the tables of communications, where the wiring finds them."""
    with tempfile.TemporaryDirectory() as folder, running_emulator(Path(folder)) as endpoint:
        settings = {"ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test", "DEFAULT_REGION": "us-west-2"}
        os.environ |= {f"AWS_{name}": value for name, value in settings.items()} | {"AWS_ENDPOINT_URL": endpoint}
        template, tables = ROOT / "communications", [f"{name}Table" for name in _TABLES.values()]
        with mock.patch.object(clients, "Config", _patient), tables_like(endpoint, template, tables) as names:
            os.environ |= {f"{variable}_TABLE": names[f"{name}Table"] for variable, name in _TABLES.items()}
            os.environ["USER_POOL_ID"] = "us-west-2_nobody"
            yield


def _patient(**settings: Any) -> Config:
    """For 100,000 rows, the local DynamoDB takes longer than functions wait."""
    return Config(**{**settings, "read_timeout": 60.0})


def _now() -> datetime:
    return datetime.now(UTC)


if __name__ == "__main__":
    main()
