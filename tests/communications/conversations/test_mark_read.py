from typing import Any

import pytest

from tests.communications.conversations.calls import as_user, sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, PostOffice

pytestmark = pytest.mark.usefixtures("edge")


def read(user_id: str, conversation_id: str, up_to: object) -> int:
    route = "POST /conversations/{conversationId}/reads"
    return as_user(user_id, route, {"upTo": up_to}, conversationId=conversation_id)[0]


def said(office: PostOffice, count: int, *to: str) -> str:
    for number in range(count):
        message = sent(PRIYA, str(number), *to, key="-".join([*to, str(number)]))
        office.carry_on()
    return str(message["conversationId"])


def unread(office: PostOffice, user_id: str, conversation_id: str) -> tuple[int, int]:
    """Of the conversation, and of all."""
    return office.conversations.membership(user_id, conversation_id).unread, office.inbox.head(user_id).unread.messages


def test_what_is_read_is_not_unread(office: PostOffice) -> None:
    conversation_id, another = said(office, 3, ADA), said(office, 1, ADA, BOB)

    assert read(ADA, conversation_id, 2) == 204
    assert unread(office, ADA, conversation_id) == (1, 2)
    assert unread(office, ADA, another) == (1, 2)
    assert office.frames(ADA)[-1] == {
        "type": "unread",
        "seq": 5,
        "unread": {"messages": 2, "notifications": 0},
        "conversationId": conversation_id,
        "upTo": 2,
        "left": 1,
    }


@pytest.mark.parametrize("up_to", [0, 1, 2])
def test_reading_again_or_further_back_changes_nothing(office: PostOffice, up_to: int) -> None:
    conversation_id = said(office, 3, ADA)
    read(ADA, conversation_id, 2)
    frames = office.frames(ADA)

    assert read(ADA, conversation_id, up_to) == 204
    assert office.frames(ADA) == frames


def test_what_has_not_arrived_cannot_be_read(office: PostOffice) -> None:
    conversation_id = said(office, 1, ADA)
    read(ADA, conversation_id, 1_000)
    sent(PRIYA, "New", ADA, key="new")
    office.carry_on()

    assert unread(office, ADA, conversation_id) == (1, 1)


def test_message_that_arrives_while_one_reads_stays_unread(office: PostOffice) -> None:
    conversation_id = said(office, 1, ADA)
    count, arriving = office.messages.unread, ["New"]

    def counted_late(*of: Any) -> int:
        found: int = count(*of)
        while arriving:
            sent(PRIYA, arriving.pop(), ADA, key="new")
            office.carry_on()
        return found

    office.messages.unread = counted_late
    assert read(ADA, conversation_id, 1) == 204
    assert unread(office, ADA, conversation_id) == (1, 1)


def test_own_messages_are_never_unread(office: PostOffice) -> None:
    conversation_id = said(office, 1, ADA)
    as_user(ADA, "POST /messages", {"conversationId": conversation_id, "content": "Hi"}, key="a")
    office.carry_on()

    assert unread(office, ADA, conversation_id) == (1, 1)
    assert unread(office, PRIYA, conversation_id) == (1, 1)
    read(ADA, conversation_id, 9)
    assert unread(office, ADA, conversation_id) == (0, 0)


@pytest.mark.parametrize("conversation_id", ["theirs", "none"])
def test_conversation_of_others_is_not_found(office: PostOffice, conversation_id: str) -> None:
    theirs = said(office, 1, ADA)
    before = dict(office.conversations.places)

    assert read(BOB, theirs if conversation_id == "theirs" else "none", 1) == 404
    assert office.conversations.places == before


@pytest.mark.parametrize("up_to", [-1, "1", 1.5, None, True])
def test_what_is_no_number_is_refused(office: PostOffice, up_to: object) -> None:
    conversation_id = said(office, 1, ADA)

    assert read(ADA, conversation_id, up_to) == 422
