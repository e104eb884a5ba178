import json
from typing import Any

import pytest

from communications.conversations import wiring
from communications.conversations.adapters.records import MembershipRecord
from communications.conversations.domain.conversations import Membership
from communications.conversations.handlers.announce_reads import handler
from local.workspace import ROOT
from shared.events.domain_events import DomainEvent
from tests.communications.conversations.calls import sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, PostOffice
from tests.communications.examples import NOW
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def published(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str, Any]]:
    """Events by id, user and data."""
    events: list[tuple[str, str, Any]] = []

    class Bus:
        def publish(self, name: str, event: DomainEvent) -> None:
            assert name == "ConversationRead"
            events.append((event.id, event.user_id, event.data))

    monkeypatch.setattr(wiring, "event_bus", Bus)
    return events


def image(membership: Membership) -> dict[str, Any]:
    record = MembershipRecord.at("Memberships")(
        membership.user_id,
        membership.conversation_id,
        unread=membership.unread,
        read_up_to=membership.read_up_to,
        last_seq=membership.last_seq,
        last_message_id=membership.last_message_id,
        cause="read",
    )
    return dict(record.serialize())


def event(*changes: tuple[Membership, Membership]) -> dict[str, Any]:
    """As the table's stream has them."""
    records = [
        {"SequenceNumber": str(number), "OldImage": image(old), "NewImage": image(new)}
        for number, (old, new) in enumerate(changes)
    ]
    return {"Records": [{"eventName": "MODIFY", "eventID": "e", "dynamodb": record} for record in records]}


def changes_of(office: PostOffice, user_id: str, conversation_id: str, up_to: int) -> tuple[Membership, Membership]:
    old = office.conversations.membership(user_id, conversation_id)
    office.receipts.mark_read(user_id, conversation_id, up_to, NOW)
    return old, office.conversations.membership(user_id, conversation_id)


def receipts(office: PostOffice, user_id: str) -> list[tuple[str, str]]:
    return [(frame["userId"], frame["messageId"]) for frame in office.frames(user_id) if frame["type"] == "read"]


def test_sender_hears_once_how_far_each_has_read(office: PostOffice) -> None:
    sent_ids = [sent(PRIYA, str(number), ADA, BOB, key=str(number)) for number in range(3)]
    office.carry_on()
    conversation_id = sent_ids[0]["conversationId"]
    read = [changes_of(office, ADA, conversation_id, 1), changes_of(office, BOB, conversation_id, 3)]

    for _ in range(3):
        assert handler(event(*read), CONTEXT) == {"batchItemFailures": []}
    assert receipts(office, PRIYA) == [(ADA, sent_ids[0]["messageId"]), (BOB, sent_ids[2]["messageId"])]
    assert office.frames(PRIYA)[-1]["conversationId"] == conversation_id
    assert receipts(office, ADA) == receipts(office, BOB) == []


def test_whoever_else_it_concerns_hears_how_far_a_conversation_has_been_read(
    office: PostOffice, published: list[tuple[str, str, Any]]
) -> None:
    conversation_id = sent(PRIYA, "1", ADA)["conversationId"]
    office.carry_on()
    read = changes_of(office, ADA, conversation_id, 1)
    for _ in range(2):
        handler(event(read), CONTEXT)

    expected = f"ConversationRead-{conversation_id}-{ADA}-1", ADA, {"conversationId": conversation_id, "upTo": 1}
    assert published == [expected, expected]


def test_receipts_that_come_out_of_order_do_not_go_back(office: PostOffice) -> None:
    for number in range(2):
        message = sent(PRIYA, str(number), ADA, key=str(number))
    office.carry_on()
    read = [changes_of(office, ADA, message["conversationId"], up_to) for up_to in (1, 2)]
    handler(event(*reversed(read)), CONTEXT)

    assert receipts(office, PRIYA) == [(ADA, message["messageId"])]


def test_each_of_several_senders_hears_of_their_own(office: PostOffice) -> None:
    conversation_id = sent(PRIYA, "1", ADA, BOB, key="1")["conversationId"]
    office.carry_on()
    second = sent(BOB, "2", ADA, PRIYA, key="2")
    office.carry_on()
    handler(event(changes_of(office, ADA, conversation_id, 9)), CONTEXT)

    assert receipts(office, BOB) == [(ADA, second["messageId"])]
    assert len(receipts(office, PRIYA)) == 1


def test_nothing_read_is_no_news(office: PostOffice) -> None:
    sent(PRIYA, "1", ADA)
    office.carry_on()
    [membership] = [each for each in office.conversations.places.values() if each.user_id == ADA]

    assert handler(event((membership, membership)), CONTEXT) == {"batchItemFailures": []}
    assert handler({"Records": [{"dynamodb": {"SequenceNumber": "1"}}]}, CONTEXT) == {"batchItemFailures": []}
    assert receipts(office, PRIYA) == []


def test_sample_event_is_a_read(office: PostOffice) -> None:  # noqa: ARG001  nobody has sent anything
    sample = json.loads((ROOT / "events" / "communications" / "announce_reads.json").read_text())

    assert handler(sample, CONTEXT) == {"batchItemFailures": []}
