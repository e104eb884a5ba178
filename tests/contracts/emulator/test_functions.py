"""Functions: their permissions, and delivery of errors, events and messages."""

import json

import pytest

from tests.contracts.emulator.application_stack import (
    Application,
)
from tests.contracts.emulator.aws import eventually, unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


def test_exception_keeps_its_name_and_the_worker_survives(app: Application) -> None:
    function = app.outputs["PickFunction"]
    before, _ = app.aws.invoke(function, {})
    error, failed = app.aws.invoke(function, {"stock": 0})
    after, _ = app.aws.invoke(function, {})
    assert (failed, error["errorType"], error["errorMessage"]) == (True, "OutOfStock", "none left")
    assert before == after


def test_function_may_do_only_what_its_role_allows(app: Application) -> None:
    name = unique("row")
    error, failed = app.aws.invoke(app.outputs["ReadOnlyFunction"], {"id": name})
    assert failed
    assert "AccessDeniedException" in error["errorMessage"]
    assert app.kept(name) is None
    _, failed = app.aws.invoke(app.outputs["KeepFunction"], {"id": name})
    assert not failed
    assert app.kept(name) == {"id": name}


def test_event_reaches_the_function_of_a_matching_rule(app: Application) -> None:
    gift, other = {"id": unique("gift")}, {"id": unique("other")}
    entries = [
        {"Source": "almoner.test", "DetailType": kind, "Detail": json.dumps(detail)}
        for kind, detail in [("SomethingElse", other), ("GiftReceived", gift)]
    ]
    app.aws.client("events").put_events(Entries=entries)
    assert eventually(lambda: app.kept(gift["id"]))["detail-type"] == "GiftReceived"
    assert app.kept(other["id"]) is None


def test_only_the_failed_message_of_a_batch_stays_in_the_queue(app: Application) -> None:
    good, bad = {"id": unique("good")}, {"id": unique("bad"), "fail": True}
    sqs, queue = app.aws.client("sqs"), app.outputs["Queue"]
    entries = [{"Id": str(i), "MessageBody": json.dumps(body)} for i, body in enumerate([good, bad])]
    sqs.send_message_batch(QueueUrl=queue, Entries=entries)
    assert eventually(lambda: app.kept(good["id"])) == good

    def waits_for_its_next_turn() -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        counts = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=names)["Attributes"]
        return [counts[name] for name in names] == ["0", "1"]

    assert eventually(waits_for_its_next_turn)
