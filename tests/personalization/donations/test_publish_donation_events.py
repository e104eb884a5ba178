import json
from dataclasses import replace
from typing import Any, Literal

import pytest
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from personalization.donations import wiring
from personalization.donations.adapters.records import RowRecord, TotalRecord
from personalization.donations.domain.donations import LedgerRow
from personalization.donations.handlers.publish_donation_events import handler
from shared.dynamodb.records import Image
from shared.events.event_bridge import EventBus
from tests.personalization.examples import donation, refund_of
from tests.shared.events.streamed import Bridge, failures, stream
from tests.shared.lambda_context import CONTEXT


@pytest.fixture(autouse=True)
def bridge(monkeypatch: pytest.MonkeyPatch) -> Bridge:
    bridge = Bridge()
    monkeypatch.setattr(wiring, "event_bus", lambda: EventBus(bridge, "bus-1", "almoner.personalization"))
    return bridge


def image(row: LedgerRow, origin: Literal["request", "import"] = "request") -> Image:
    return RowRecord.of(row, origin).to_dynamodb_dict()


def published(*rows: LedgerRow) -> PartialItemFailureResponse:
    return handler(stream(image(row) for row in rows), CONTEXT)


def test_gift_becomes_donation_received(bridge: Bridge) -> None:
    gift = donation(1)

    assert published(gift) == failures()

    [entry] = bridge.entries
    assert (entry["Source"], entry["DetailType"]) == ("almoner.personalization", "DonationReceived")
    assert json.loads(entry["Detail"]) == {
        "id": gift.donation_id,
        "version": 1,
        "occurredAt": "2026-02-03T04:06:06.789Z",
        "userId": "ada",
        "data": {
            "donationId": gift.donation_id,
            "amount": {"amount": 1001, "currency": "GBP"},
            "anonymous": False,
            "frequency": "monthly",
        },
    }


@pytest.mark.parametrize(
    ("kind", "pence", "name"), [("charge-back", 200, "DonationChargedBack"), ("reversal", -200, "DonationRestored")]
)
def test_what_banks_take_and_return_has_names_of_its_own(bridge: Bridge, kind: Any, pence: int, name: str) -> None:
    published(replace(refund_of(donation(3), pence), kind=kind))

    [entry] = bridge.entries
    assert entry["DetailType"] == name
    assert json.loads(entry["Detail"])["data"]["amount"]["amount"] == -pence


def test_refund_becomes_donation_refunded_without_its_reason(bridge: Bridge) -> None:
    refund = refund_of(donation(3), 200)

    published(refund)

    [entry] = bridge.entries
    assert entry["DetailType"] == "DonationRefunded"
    assert json.loads(entry["Detail"])["data"] == {
        "donationId": refund.donation_id,
        "amount": {"amount": -200, "currency": "GBP"},
        "anonymous": True,
        "refundOf": donation(3).donation_id,
    }


def test_row_that_comes_twice_is_the_same_event(bridge: Bridge) -> None:
    published(donation(1))
    published(donation(1))

    first, second = bridge.entries
    assert first == second


def test_totals_and_imported_rows_are_no_news(bridge: Bridge) -> None:
    total = TotalRecord.of(donation(1))
    total.amount = 1000
    news = [total.to_dynamodb_dict(), *(image(donation(number), "import") for number in (1, 3))]

    assert handler(stream(news), CONTEXT) == failures()
    assert bridge.calls == []


def test_changed_rows_are_no_news(bridge: Bridge) -> None:
    assert handler(stream([image(donation(1))], "MODIFY"), CONTEXT) == failures()
    assert bridge.calls == []


def test_events_are_put_ten_at_a_time(bridge: Bridge) -> None:
    published(*(donation(number) for number in range(23)))

    assert bridge.calls == [10, 10, 3]
    assert len(bridge.entries) == 23


def test_refused_events_fail_alone(bridge: Bridge) -> None:
    bridge.refuses = lambda detail: detail["userId"] == "bob"

    answer = published(donation(1), donation(2, "bob"), donation(3), donation(4, "bob"))

    assert answer == failures("s1", "s3")
    assert len(bridge.entries) == 2


def test_row_that_cannot_be_read_fails_alone(bridge: Bridge) -> None:
    event = stream([image(donation(1)), image(donation(2))])
    event["Records"][0]["dynamodb"]["NewImage"]["createdAt"] = {"S": "yesterday"}

    assert handler(event, CONTEXT) == failures("s0")
    assert len(bridge.entries) == 1
