import json
from typing import Any

import pytest

from communications.conversations.adapters.records import MessageRecord
from communications.conversations.domain.fan_out import FanOut
from communications.conversations.handlers.fan_out_message import handler
from local.workspace import ROOT
from tests.communications.conversations.calls import as_user, sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, AtOnce, PostOffice
from tests.communications.examples import NOW
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")

SAMPLE = json.loads((ROOT / "events" / "communications" / "fan_out_message.json").read_text())


def records(*copies: Any) -> dict[str, Any]:
    """As the table's stream has them."""
    return {
        "Records": [
            SAMPLE["Records"][0]
            | {
                "dynamodb": {
                    "SequenceNumber": str(number),
                    "NewImage": MessageRecord.at("Messages").of(copy).serialize(),
                }
            }
            for number, copy in enumerate(copies)
        ]
    }


def test_recipients_get_a_copy_however_often_it_is_brought(office: PostOffice) -> None:
    sent(PRIYA, "Hello", ADA, BOB)
    event = records(*office.messages.log)

    for _ in range(3):
        assert handler(event, CONTEXT) == {"batchItemFailures": []}
    assert [len(office.frames(user_id)) for user_id in (ADA, BOB)] == [1, 1]


def test_sample_event_is_a_senders_copy(office: PostOffice) -> None:
    office.people.by_id["9c7d5e2a-4f1b-4c8e-9a3d-2b6f8e1c0d47"] = "Ada Lovelace"

    assert handler(SAMPLE, CONTEXT) == {"batchItemFailures": []}
    assert len(office.messages.log) == 1


def test_record_that_cannot_be_read_comes_again_and_holds_up_no_other(office: PostOffice) -> None:
    sent(PRIYA, "Hello", ADA)
    event = records(*office.messages.log, *office.messages.log)
    event["Records"][0]["dynamodb"]["NewImage"] = {"messageId": {"S": "m"}}

    assert handler(event, CONTEXT) == {"batchItemFailures": [{"itemIdentifier": "0"}]}
    assert len(office.frames(ADA)) == 1


def test_deleted_row_is_no_news(office: PostOffice) -> None:
    event = records(*office.messages.log)
    event["Records"] = [{"eventName": "REMOVE", "dynamodb": {"SequenceNumber": "1"}}]

    assert handler(event, CONTEXT) == {"batchItemFailures": []}


def test_blocked_senders_message_never_arrives(office: PostOffice) -> None:
    office.blocks.block(BOB, PRIYA, NOW)
    message = sent(PRIYA, "Hello", ADA, BOB)
    office.carry_on()
    office.blocks.unblock(BOB, PRIYA)
    for copy in list(office.messages.log):
        office.deliver(copy)
    as_user(PRIYA, "PATCH /messages/{messageId}", {"content": "Hello!"}, messageId=message["messageId"])
    office.carry_on()

    assert office.frames(BOB) == []
    assert office.conversations.membership(BOB, message["conversationId"]) is None
    assert office.messages.find(message["messageId"], BOB).content == ""
    assert office.contents(ADA, message["conversationId"]) == ["Hello!"]


def test_deleted_before_it_arrived(office: PostOffice) -> None:
    message = sent(PRIYA, "Hello", ADA)
    as_user(PRIYA, "DELETE /messages/{messageId}", messageId=message["messageId"])
    first, last = office.messages.log
    for copy in (last, first, last):
        office.deliver(copy)

    assert office.frames(ADA) == []


def test_older_version_that_comes_late_changes_nothing(office: PostOffice) -> None:
    message = sent(PRIYA, "1", ADA)
    for content in ("2", "3"):
        as_user(PRIYA, "PATCH /messages/{messageId}", {"content": content}, messageId=message["messageId"])
    versions = [copy for copy in office.messages.log if copy.is_own]
    for copy in (versions[2], versions[0], versions[1]):
        office.deliver(copy)

    assert office.contents(ADA, message["conversationId"]) == ["3"]
    assert [frame["change"] for frame in office.frames(ADA)] == ["sent"]


def test_failure_of_one_recipient_holds_up_no_other_and_is_reported(office: PostOffice) -> None:
    sent(PRIYA, "Hello", ADA, BOB)
    [copy] = office.messages.log
    write = office.inbox.write

    def fails_for_ada(user_id: str, *rest: Any) -> Any:
        if user_id == ADA:
            raise ConnectionError
        return write(user_id, *rest)

    office.inbox.write = fails_for_ada
    fan_out = FanOut(office.conversations, office.messages, office.people, office.blocks, office.inbox, AtOnce())
    with pytest.raises(ConnectionError):
        fan_out.deliver(copy, NOW)
    assert len(office.frames(BOB)) == 1
    office.inbox.write = write
    fan_out.deliver(copy, NOW)
    assert [len(office.frames(user_id)) for user_id in (ADA, BOB)] == [1, 1]
