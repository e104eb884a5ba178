import json
from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from identity.registration.adapters.event_bridge import bus
from shared.errors import Unavailable
from shared.events.domain_events import DomainEvent
from shared.events.event_bridge import EventBus, NotPublished, bus_of_streams
from tests.shared.aws.aws_server import AwsServer, answers

type Publisher = Callable[[str, str], EventBus]

EVENT = DomainEvent("id-1", 1, datetime(2026, 2, 3, 4, 5, 6, 789000, tzinfo=UTC), "ada", {"name": "Ada"})


def test_event_is_put_on_the_bus_as_eventbridge_wants_it(aws: AwsServer) -> None:
    aws.outcomes = [answers({"FailedEntryCount": 0, "Entries": [{"EventId": "1"}]})]

    bus_of_streams("bus-1", "almoner.identity").publish("UserRegistered", EVENT)

    [request] = aws.requests
    [entry] = request.json["Entries"]
    assert request.operation == "PutEvents"
    assert json.loads(entry.pop("Detail"))["userId"] == "ada"
    assert entry == {
        "EventBusName": "bus-1",
        "Source": "almoner.identity",
        "DetailType": "UserRegistered",
        "Time": 1770091506.789,
    }


def test_event_that_the_bus_does_not_take_is_not_published(aws: AwsServer) -> None:
    aws.outcomes = [answers({"FailedEntryCount": 1, "Entries": [{"ErrorCode": "InternalFailure"}]})]

    with pytest.raises(NotPublished, match="InternalFailure"):
        bus_of_streams("bus-1", "almoner.identity").publish("UserRegistered", EVENT)


@pytest.mark.parametrize(("published_by", "attempts"), [(bus_of_streams, 3), (bus, 2)])
def test_bus_that_is_out_of_reach_is_unavailable(aws: AwsServer, published_by: Publisher, attempts: int) -> None:
    aws.outcomes = [answers(status=503)] * 5

    with pytest.raises(Unavailable):
        published_by("bus-1", "almoner.identity").publish("UserRegistered", EVENT)

    assert len(aws.requests) == attempts
