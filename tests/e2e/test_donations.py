"""Giving, refunding and reading the ledger on the deployed platform, and the events on the bus."""

import json
import secrets
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import requests

from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Calls = Callable[..., Api]
type Json = dict[str, Any]


class Heard:
    """The events of one user that the bus has delivered, by id, in the order of arrival."""

    def __init__(self, sqs: Any, queue: str) -> None:
        self._sqs, self._queue = sqs, queue
        self.by_id: dict[str, Json] = {}

    def __contains__(self, event_id: str) -> bool:
        received = self._sqs.receive_message(QueueUrl=self._queue, MaxNumberOfMessages=10).get("Messages", [])
        for message in received:
            event = json.loads(message["Body"])
            self.by_id[event["detail"]["id"]] = event
            self._sqs.delete_message(QueueUrl=self._queue, ReceiptHandle=message["ReceiptHandle"])
        return event_id in self.by_id


@pytest.fixture
def heard(platform: Platform, supporter: User) -> Iterator[Heard]:
    """A rule on the bus for this test, and its queue."""
    events, sqs, name = platform.aws("events"), platform.aws("sqs"), f"test-{secrets.token_hex(6)}"
    bus = platform.stack["EventBusName"]
    queue = sqs.create_queue(QueueName=name)["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    pattern = {"source": ["almoner.personalization"], "detail": {"userId": [supporter.user_id]}}
    events.put_rule(Name=name, EventBusName=bus, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=name, EventBusName=bus, Targets=[{"Id": "queue", "Arn": arn}])
    yield Heard(sqs, queue)
    events.remove_targets(Rule=name, EventBusName=bus, Ids=["queue"])
    events.delete_rule(Name=name, EventBusName=bus)
    sqs.delete_queue(QueueUrl=queue)


@pytest.fixture(scope="session")
def finance(platform: Platform) -> User:
    return platform.sample_user("finance")


def give(api: Api, user: User, pence: int = 1299, key: str | None = None, **more: object) -> requests.Response:
    """By staff: supporters give in the shop."""
    body = {"userId": user.user_id, "amount": {"amount": pence, "currency": "GBP"}} | more
    return api("POST", "/donations", json=body, headers={"Idempotency-Key": key or secrets.token_hex(16)})


def refund(api: Api, gift: Json, pence: int | None = None, **more: object) -> requests.Response:
    amount = {} if pence is None else {"amount": {"amount": pence, "currency": "GBP"}}
    headers = {"Idempotency-Key": secrets.token_hex(16)}
    body = {"reason": "a mistake"} | amount | more
    return api("POST", f"/donations/{gift['donationId']}/refunds", json=body, headers=headers)


def ledger(api: Api, user: User) -> list[Json]:
    """Every row that the reader may see, in pages of two."""
    items: list[Json] = []
    cursor: str | None = None
    while True:
        query = {"userId": user.user_id, "limit": "2"} | ({"cursor": cursor} if cursor else {})
        page = api.get("/donations", params=query).json()
        items += page["items"]
        cursor = page["nextCursor"]
        if cursor is None:
            return items


def totals(api: Api, user: User) -> dict[str, int]:
    history = api.get(f"/profile?userId={user.user_id}").json()["donations"]
    return {total["currency"]: total["amount"] for total in history["totals"]}


def sums(rows: list[Json]) -> dict[str, int]:
    added: Counter[str] = Counter()
    for row in rows:
        added[row["amount"]["currency"]] += row["amount"]["amount"]
    return dict(added)


def test_a_gift_is_in_the_ledger_the_profile_and_on_the_bus(
    supporter: User, staff: User, personalization: Calls, heard: Heard
) -> None:
    api = personalization(supporter)
    answer = give(personalization(staff), supporter, frequency="monthly")
    gift = answer.json()

    assert answer.status_code == 201, answer.text
    assert ledger(api, supporter) == [gift]
    profile = api.get(f"/profile?userId={supporter.user_id}").json()
    assert profile["donations"] == {
        "items": [gift],
        "totals": [{"amount": 1299, "currency": "GBP"}],
        "nextCursor": None,
    }
    eventually(lambda: gift["donationId"] in heard)
    event = heard.by_id[gift["donationId"]]
    assert (event["source"], event["detail-type"]) == ("almoner.personalization", "DonationReceived")
    assert event["detail"]["userId"] == supporter.user_id
    assert event["detail"]["data"] == {
        "donationId": gift["donationId"],
        "amount": {"amount": 1299, "currency": "GBP"},
        "anonymous": False,
        "frequency": "monthly",
    }


def test_totals_are_the_sums_of_the_rows_whatever_is_given_and_refunded(
    supporter: User, staff: User, personalization: Calls, heard: Heard
) -> None:
    mine, theirs = personalization(supporter), personalization(staff)
    gifts = [give(theirs, supporter, pence).json() for pence in (1000, 2000, 3000)]
    give(theirs, supporter, 0, amount={"amount": 500, "currency": "EUR"})
    part, rest = refund(theirs, gifts[0], 300), refund(theirs, gifts[0])
    refund(theirs, gifts[1], 1999)

    assert (part.status_code, rest.status_code) == (201, 201)
    assert rest.json()["amount"] == {"amount": -700, "currency": "GBP"}
    assert rest.json()["refundOf"] == gifts[0]["donationId"]
    rows = ledger(mine, supporter)
    assert len(rows) == 7
    assert totals(mine, supporter) == sums(rows) == {"GBP": 3001, "EUR": 500}
    eventually(lambda: part.json()["donationId"] in heard)
    event = heard.by_id[part.json()["donationId"]]
    assert event["detail-type"] == "DonationRefunded"
    assert event["detail"]["data"]["amount"] == {"amount": -300, "currency": "GBP"}
    assert event["detail"]["data"]["refundOf"] == gifts[0]["donationId"]


def test_never_more_is_refunded_than_was_given(supporter: User, staff: User, personalization: Calls) -> None:
    mine, theirs = personalization(supporter), personalization(staff)
    gift = give(theirs, supporter, 1000).json()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: refund(theirs, gift, 300), range(8)))

    assert Counter(answer.status_code for answer in answers) == {201: 3, 422: 5}
    assert totals(mine, supporter) == {"GBP": 100}
    problem = is_problem(refund(theirs, gift, 101), 422)
    assert [error["field"] for error in problem["errors"]] == ["amount.amount"]
    assert "GBP 1.00" in problem["detail"]
    assert refund(theirs, gift).status_code == 201
    is_problem(refund(theirs, gift), 409)


def test_eight_repetitions_at_once_are_one_gift(supporter: User, staff: User, personalization: Calls) -> None:
    api, key = personalization(staff), secrets.token_hex(16)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: give(api, supporter, key=key), range(8)))

    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert ledger(api, supporter) == [answers[0].json()]
    assert totals(api, supporter) == {"GBP": 1299}
    is_problem(give(api, supporter, 1300, key=key), 422)
    assert len(ledger(api, supporter)) == 1


def test_a_key_is_its_users_alone(supporter: User, staff: User, finance: User, personalization: Calls) -> None:
    key = secrets.token_hex(16)
    first, second = (give(personalization(caller), supporter, key=key).json() for caller in (staff, finance))

    assert first["donationId"] != second["donationId"]
    assert ledger(personalization(supporter), supporter) == [second, first]


def test_anonymous_gifts_are_seen_by_the_donor_and_finance_staff_alone(
    supporter: User, staff: User, finance: User, personalization: Calls, heard: Heard
) -> None:
    theirs = personalization(staff)
    by_name, hidden = give(theirs, supporter, 100).json(), give(theirs, supporter, 900, anonymous=True).json()

    for reader in (supporter, finance):
        api = personalization(reader)
        assert ledger(api, supporter) == [hidden, by_name]
        assert totals(api, supporter) == {"GBP": 1000}
    assert ledger(theirs, supporter) == [by_name]
    assert totals(theirs, supporter) == {"GBP": 100}
    assert theirs.get(f"/profile?userId={supporter.user_id}").json()["donations"]["items"] == [by_name]
    unknown = is_problem(refund(theirs, {"donationId": "unknown"}), 404)
    assert is_problem(refund(theirs, hidden), 404) | {"instance": ""} == unknown | {"instance": ""}
    back = refund(personalization(finance), hidden)
    assert (back.status_code, back.json()["anonymous"]) == (201, True)
    assert totals(theirs, supporter) == {"GBP": 100}
    eventually(lambda: hidden["donationId"] in heard and back.json()["donationId"] in heard)
    assert heard.by_id[hidden["donationId"]]["detail"]["data"]["anonymous"] is True
    assert heard.by_id[back.json()["donationId"]]["detail"]["data"]["anonymous"] is True


def test_staff_record_gifts_and_supporters_do_not(
    supporter: User, staff: User, platform: Platform, personalization: Calls
) -> None:
    other = platform.sample_user(None)
    mine, theirs = personalization(supporter), personalization(staff)
    nobody = User("", "nobody", "", "", "")

    for user in (supporter, other, nobody):
        is_problem(give(mine, user), 403)
    is_problem(give(theirs, nobody), 404)
    is_problem(mine.get(f"/donations?userId={other.user_id}"), 404)
    is_problem(theirs.get("/donations?userId=nobody"), 404)
    gift = give(theirs, supporter).json()
    assert ledger(mine, supporter) == [gift]
    is_problem(refund(mine, gift), 403)


def test_what_cannot_be_a_gift_is_refused(supporter: User, staff: User, personalization: Calls) -> None:
    api = personalization(staff)
    body = {"userId": supporter.user_id, "amount": {"amount": 1, "currency": "GBP"}}

    is_problem(api("POST", "/donations", json=body), 400)
    is_problem(api("POST", "/donations", json=body, headers={"Idempotency-Key": "two words"}), 400)
    for amount in ({"amount": 1.5, "currency": "GBP"}, {"amount": 1}, 1):
        is_problem(give(api, supporter, amount=amount), 400)
    for amount, field in (({"amount": 0, "currency": "GBP"}, "amount"), ({"amount": 1, "currency": "XYZ"}, "currency")):
        problem = is_problem(give(api, supporter, amount=amount), 422)
        assert [error["field"] for error in problem["errors"]] == [f"amount.{field}"]
    assert ledger(api, supporter) == []


def test_a_cursor_is_taken_as_it_was_handed_out_or_not_at_all(
    supporter: User, staff: User, personalization: Calls
) -> None:
    api = personalization(supporter)
    gifts = [give(personalization(staff), supporter, pence).json() for pence in (1, 2, 3)]
    path = f"/donations?userId={supporter.user_id}&limit=2"
    first = api.get(path).json()
    give(personalization(staff), supporter, 4)  # gifts made meanwhile do not move pages

    assert api.get(f"{path}&cursor={first['nextCursor']}").json() == {"items": gifts[:1], "nextCursor": None}
    is_problem(api.get(f"{path}&cursor=A{first['nextCursor'][1:]}x"), 400)
    is_problem(personalization(staff).get(f"/donations?userId={staff.user_id}&cursor={first['nextCursor']}"), 400)
