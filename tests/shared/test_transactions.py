import io
import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from pynamodb.attributes import NumberAttribute, UnicodeAttribute
from pynamodb.exceptions import TransactWriteError
from pynamodb.models import Model

from shared.errors import Unavailable
from shared.tables import bind, connection
from shared.transactions import Cancelled, StillConflicting, Transaction
from tests.shared.clocks import FakeClock


class Row(Model):
    class Meta:
        table_name = ""

    row_id = UnicodeAttribute(hash_key=True)
    amount = NumberAttribute(null=True)


class Body(io.BytesIO):
    def stream(self) -> Iterator[bytes]:
        yield self.read()


class Dynamo:
    """Answers transactions with the given reasons, one set a call, and then with success."""

    def __init__(self, *reasons: tuple[str, ...], error: str = "TransactionCanceledException") -> None:
        self._reasons, self._error = list(reasons), error
        self.sent: list[Any] = []

    def answer(self, request: Any, **_: object) -> AWSResponse:
        self.sent.append(json.loads(request.body))
        if not self._reasons:
            return AWSResponse(request.url, 200, HTTPHeaders(), Body(b"{}"))
        reasons = [{"Code": code} for code in self._reasons.pop(0)]
        error = {"__type": self._error, "Message": "no", "CancellationReasons": reasons}
        return AWSResponse(request.url, 400, HTTPHeaders(), Body(json.dumps(error).encode()))


@pytest.fixture(autouse=True)
def bound(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    for name, value in {"DEFAULT_REGION": "us-west-2", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    connection.cache_clear()
    bind(Row, "rows")
    yield
    connection.cache_clear()


def committed(dynamo: Dynamo) -> FakeClock:
    """Commit an update, a put and a check, begun in this order."""
    clock = FakeClock()
    events = connection().client.meta.events
    transaction = Transaction(clock.sleep, lambda _, longest: longest)
    transaction.update("total", Row("t"), [Row.amount.add(1)])
    transaction.put("row", Row("r"), Row.row_id.does_not_exist())
    transaction.check("supporter", Row, "s", Row.row_id.exists())
    events.register("before-send.dynamodb.TransactWriteItems", dynamo.answer)  # type: ignore[arg-type]  # it may answer
    try:
        transaction.commit()
    finally:
        events.unregister("before-send.dynamodb.TransactWriteItems", dynamo.answer)  # type: ignore[arg-type]
    return clock


def test_everything_is_one_call() -> None:
    dynamo = Dynamo()

    assert committed(dynamo).slept == []

    [sent] = dynamo.sent
    assert [next(iter(item)) for item in sent["TransactItems"]] == ["ConditionCheck", "Put", "Update"]
    assert sent["ClientRequestToken"]


@pytest.mark.parametrize(
    ("codes", "refused"),
    [
        (("ConditionalCheckFailed", "None", "None"), {"supporter"}),
        (("None", "ConditionalCheckFailed", "None"), {"row"}),
        (("ConditionalCheckFailed", "None", "ConditionalCheckFailed"), {"supporter", "total"}),
        (("TransactionConflict", "ConditionalCheckFailed", "None"), {"row"}),
    ],
)
def test_refused_writes_are_named_and_not_tried_again(codes: tuple[str, ...], refused: set[str]) -> None:
    dynamo = Dynamo(codes)

    with pytest.raises(Cancelled) as error:
        committed(dynamo)

    assert error.value.refused == refused
    assert len(dynamo.sent) == 1


def test_conflict_is_tried_again_after_a_growing_wait_as_a_new_request() -> None:
    dynamo = Dynamo(*[("None", "None", "TransactionConflict")] * 3)

    clock = committed(dynamo)

    assert clock.slept == [0.05, 0.1, 0.2]
    assert len({sent["ClientRequestToken"] for sent in dynamo.sent}) == 4


def test_lasting_conflict_is_given_up_and_names_what_others_write() -> None:
    dynamo = Dynamo(*[("None", "TransactionConflict", "ThrottlingError")] * 50)

    with pytest.raises(StillConflicting) as error:
        committed(dynamo)

    assert error.value.conflicting == {"row", "total"}
    assert isinstance(error.value, Unavailable)
    assert len(dynamo.sent) == 6


def test_mistake_of_ours_is_no_conflict() -> None:
    with pytest.raises(TransactWriteError):
        committed(Dynamo(("ValidationError", "None", "None")))
    with pytest.raises(TransactWriteError):
        committed(Dynamo((), error="ValidationException"))
