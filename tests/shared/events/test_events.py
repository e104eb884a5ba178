import json
import logging
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent, parse
from shared.events.event_bridge import EventBus, NotPublished
from shared.json.encoding import encode
from tests.shared.lambda_context import CONTEXT, fails_as

EVENT = DomainEvent(
    id="0198c5a1-0000-7000-8000-000000000001",
    version=1,
    occurred_at=datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC),
    user_id="user-1",
    data={"name": "Ada Lovelace", "email": "ada@example.org"},
)
DETAIL = {
    "id": "0198c5a1-0000-7000-8000-000000000001",
    "version": 1,
    "occurredAt": "2026-02-03T04:05:06.789Z",
    "userId": "user-1",
    "data": {"name": "Ada Lovelace", "email": "ada@example.org"},
}


class TakingBus:
    """Takes every entry, as EventBridge does on a good day."""

    def __init__(self) -> None:
        self.entries: list[dict[str, Any]] = []

    def put_events(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        self.entries += entries
        return {"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]}


class RefusingBus:
    """Answers 200 and takes nothing, as EventBridge does when it is throttled."""

    def put_events(self, **request: Any) -> dict[str, Any]:
        entries = request["Entries"]
        refusal = {"ErrorCode": "ThrottlingException", "ErrorMessage": "Rate exceeded"}
        return {"FailedEntryCount": len(entries), "Entries": [refusal for _ in entries]}


class LostBus:
    """Cannot be reached."""

    def put_events(self, **request: Any) -> dict[str, Any]:
        raise ConnectionError(f"{len(request)}")


def delivered(entry: dict[str, Any]) -> dict[str, Any]:
    """What a rule hands to a function for an entry that the bus took."""
    return {
        "version": "0",
        "id": "the bus's own id",
        "source": entry["Source"],
        "detail-type": entry["DetailType"],
        "detail": json.loads(entry["Detail"]),
    }


def test_published_event_has_the_shape_of_the_contract() -> None:
    bus = TakingBus()

    EventBus(bus, "bus-1", "almoner.identity").publish("UserRegistered", EVENT)

    [entry] = bus.entries
    assert entry["EventBusName"] == "bus-1"
    assert entry["Source"] == "almoner.identity"
    assert entry["DetailType"] == "UserRegistered"
    assert entry["Time"] == EVENT.occurred_at
    assert json.loads(entry["Detail"]) == DETAIL


def test_refused_event_is_an_error_that_names_the_reason() -> None:
    with pytest.raises(NotPublished, match="ThrottlingException"):
        EventBus(RefusingBus(), "bus-1", "almoner.identity").publish("UserRegistered", EVENT)


def test_error_of_a_refused_event_holds_no_personal_data() -> None:
    with pytest.raises(NotPublished) as error:
        EventBus(RefusingBus(), "bus-1", "almoner.identity").publish("UserRegistered", EVENT)

    assert "ada" not in str(error.value).lower()


def test_bus_that_cannot_be_reached_is_an_error() -> None:
    with pytest.raises(ConnectionError):
        EventBus(LostBus(), "bus-1", "almoner.identity").publish("UserRegistered", EVENT)


def test_consumer_gets_the_event_that_was_published() -> None:
    bus = TakingBus()
    EventBus(bus, "bus-1", "almoner.identity").publish("UserRegistered", EVENT)
    consumed: list[DomainEvent] = []

    @consumer
    def handler(event: DomainEvent) -> str:
        consumed.append(event)
        return "done"

    handler(delivered(bus.entries[0]), CONTEXT)

    assert consumed == [EVENT]


def test_failure_of_a_consumer_is_left_to_lambdas_retries() -> None:
    @consumer
    def handler(event: DomainEvent) -> str:
        raise LookupError(event.id)

    with fails_as(LookupError):
        handler({"detail-type": "UserRegistered", "detail": DETAIL}, CONTEXT)


def test_log_line_of_a_consumer_names_event_and_outcome_and_nobody(caplog: pytest.LogCaptureFixture) -> None:
    @consumer
    def handler(_: DomainEvent) -> str:
        return "registered"

    with caplog.at_level(logging.DEBUG):
        handler({"detail-type": "UserRegistered", "detail": DETAIL}, CONTEXT)

    [record] = caplog.records
    line = {name: value for name, value in vars(record).items() if name in {"event", "eventId", "outcome"}}
    assert line == {"event": "UserRegistered", "eventId": EVENT.id, "outcome": "registered"}
    written = json.dumps(vars(record), default=str).lower()
    assert "ada" not in written
    assert "user-1" not in written


@given(
    st.builds(
        DomainEvent,
        id=st.uuids().map(str),
        version=st.integers(1, 9),
        occurred_at=st.datetimes(datetime(2020, 1, 1), timezones=st.just(UTC)).map(  # noqa: DTZ001  a bound
            lambda moment: moment.replace(microsecond=moment.microsecond // 1000 * 1000)
        ),
        user_id=st.text(min_size=1),
        data=st.dictionaries(st.text(), st.none() | st.integers() | st.text() | st.booleans()),
    )
)
def test_event_survives_the_wire(event: DomainEvent) -> None:
    assert parse(json.loads(encode(event))) == event


@pytest.mark.parametrize("missing", sorted(DETAIL))
def test_detail_that_lacks_a_field_is_refused(missing: str) -> None:
    with pytest.raises(KeyError, match=missing):
        parse({name: value for name, value in DETAIL.items() if name != missing})


@pytest.mark.parametrize("time", ["", "yesterday", "2026-02-30T00:00:00Z"])
def test_detail_whose_time_is_no_time_is_refused(time: str) -> None:
    with pytest.raises(ValueError, match=r"isoformat|day"):
        parse(DETAIL | {"occurredAt": time})


def test_detail_may_hold_more_than_is_defined_today() -> None:
    assert parse(DETAIL | {"traceId": "1-2-3"}) == EVENT


def test_event_with_a_time_that_is_no_text_is_refused() -> None:
    with pytest.raises(ValueError, match="text"):
        parse({"id": "1", "version": 1, "occurredAt": 5, "userId": "u", "data": {}})


def test_many_events_are_put_ten_at_a_time_and_the_refused_ones_named() -> None:
    class PickyBus:
        """Refuses every third event."""

        def __init__(self) -> None:
            self.calls: list[int] = []

        def put_events(self, **request: Any) -> dict[str, Any]:
            entries = request["Entries"]
            self.calls.append(len(entries))
            refused = [int(json.loads(entry["Detail"])["id"]) % 3 == 0 for entry in entries]
            answers = [{"ErrorCode": "InternalFailure"} if no else {"EventId": "1"} for no in refused]
            return {"FailedEntryCount": sum(refused), "Entries": answers}

    bus = PickyBus()
    events = [("UserRegistered", replace(EVENT, id=str(number))) for number in range(12)]

    refused = EventBus(bus, "bus-1", "almoner.identity").publish_all(events)

    assert refused == {0, 3, 6, 9}
    assert bus.calls == [10, 2]


def test_no_events_are_no_call() -> None:
    assert EventBus(LostBus(), "bus-1", "almoner.identity").publish_all([]) == frozenset()
