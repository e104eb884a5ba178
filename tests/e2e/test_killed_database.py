"""The help desk's database is killed while tickets are opened: they are taken all the same, each once."""

import threading
import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.postgres.process import crash
from tests.e2e.clients import Api, Platform, User, eventually

pytestmark = [pytest.mark.platform, pytest.mark.alone]
_CALLERS, _TICKETS_EACH = 20, 5


def test_no_ticket_is_lost_or_doubled_when_the_database_is_killed(
    platform: Platform, help_desk: Callable[..., Api], staff: User
) -> None:
    if platform.outputs["database"] is None:
        pytest.skip("Postgres is not installed: uv sync --group postgres")
    api, customer = help_desk(staff), platform.sign_up("Ada Lovelace")
    word = "teapot" + uuid.uuid4().hex.translate(str.maketrans("0123456789", "ghijklmnop"))
    sent = [f"{word} {number}" for number in range(_CALLERS * _TICKETS_EACH)]
    half = threading.Barrier(_CALLERS + 1)

    def open_ticket(subject: str) -> requests.Response:
        ticket = {"subject": subject, "body": "It has not come.", "channel": "phone", "userId": customer.user_id}
        return api("POST", "/tickets", json=ticket, headers={"Idempotency-Key": subject.replace(" ", "-")})

    def call(subjects: list[str]) -> list[requests.Response]:
        first = open_ticket(subjects[0])
        half.wait()
        return [first, *map(open_ticket, subjects[1:])]

    def is_read() -> bool:
        return not open_ticket(sent[0]).json()["customer"]["placeholder"]

    eventually(is_read)  # the event of the sign-up has been recorded
    with ThreadPoolExecutor(_CALLERS) as threads:
        calling = [threads.submit(call, sent[number::_CALLERS]) for number in range(_CALLERS)]
        half.wait()
        crash(platform.state / "postgres")
        answers = [answer for each in calling for answer in each.result()]

    assert {answer.status_code for answer in answers} == {201}
    assert [open_ticket(subject).status_code for subject in sent] == [201] * len(sent)
    assert Counter(listed(api, word)) == Counter(sent)
    eventually(is_read)


def listed(api: Api, word: str) -> list[str]:
    """The subjects of all tickets with that word."""
    subjects, cursor = list[str](), ""
    while True:
        page = api.get(f"/tickets?q={word}&limit=100{cursor and f'&cursor={cursor}'}").json()
        subjects += [each["subject"] for each in page["items"]]
        if page["nextCursor"] is None:
            return subjects
        cursor = page["nextCursor"]
