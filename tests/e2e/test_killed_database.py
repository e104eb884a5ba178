"""The help desk's database is killed while tickets are opened: they are taken all the same, each once."""

import uuid
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from local.postgres.process import crash
from tests.e2e.clients import Api, Platform, User, eventually

pytestmark = [pytest.mark.platform, pytest.mark.alone]
_CALLERS, _TICKETS = 10, 30


def test_no_ticket_is_lost_or_doubled_when_the_database_is_killed(
    platform: Platform, help_desk: Callable[..., Api], staff: User
) -> None:
    if platform.outputs["database"] is None:
        pytest.skip("Postgres is not installed: uv sync --group postgres")
    api, customer = help_desk(staff), platform.sign_up("Ada Lovelace")
    word = "".join(chr(ord("g") + int(digit, 16)) for digit in uuid.uuid4().hex)
    sent = [f"{word} {number}" for number in range(_TICKETS)]

    def open_ticket(subject: str) -> requests.Response:
        ticket = {"subject": subject, "body": "It has not come.", "channel": "phone", "userId": customer.user_id}
        return api("POST", "/tickets", json=ticket, headers={"Idempotency-Key": subject.replace(" ", "-")})

    def is_read() -> bool:
        return not open_ticket(sent[0]).json()["customer"]["placeholder"]

    eventually(is_read)  # once the event of the sign-up has been recorded
    with ThreadPoolExecutor(_CALLERS) as threads:
        opening = [threads.submit(open_ticket, subject) for subject in sent]
        opening[0].result()
        crash(platform.state / "postgres")
        answers = [each.result() for each in opening]
        again = list(threads.map(open_ticket, sent))

    assert [answer.status_code for answer in answers + again] == [201] * 2 * len(sent)
    assert [each.json()["ticketId"] for each in again] == [each.json()["ticketId"] for each in answers]
    page = api.get(f"/tickets?q={word}&limit=100").json()
    assert Counter(each["subject"] for each in page["items"]) == Counter(sent)
    eventually(is_read)
