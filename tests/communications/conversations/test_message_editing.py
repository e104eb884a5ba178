from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from communications.conversations.domain.changing import CHANGEABLE
from tests.communications.conversations.calls import as_user, messages, sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, PostOffice

pytestmark = pytest.mark.usefixtures("edge")


def edit(user_id: str, message_id: str, content: str = "Corrected") -> tuple[int, Any]:
    return as_user(user_id, "PATCH /messages/{messageId}", {"content": content}, messageId=message_id)


def delete(user_id: str, message_id: str) -> tuple[int, Any]:
    return as_user(user_id, "DELETE /messages/{messageId}", messageId=message_id)


@pytest.fixture
def message(office: PostOffice) -> dict[str, Any]:
    """From Priya, which Ada has read and Bob has not."""
    message = sent(PRIYA, "Hello", ADA, BOB)
    office.carry_on()
    office.receipts.mark_read(ADA, message["conversationId"], 1, datetime.now(UTC))
    office.carry_on()
    return message


def test_edit_reaches_everybody_and_is_no_new_message(office: PostOffice, message: dict[str, Any]) -> None:
    status, answer = edit(PRIYA, message["messageId"])
    office.carry_on()

    assert (status, answer["content"], answer["createdAt"]) == (200, "Corrected", message["createdAt"])
    for user_id, unread in ((ADA, 0), (BOB, 1)):
        [item] = messages(user_id, message["conversationId"])["items"]
        assert (item["content"], item["deleted"], item["seq"]) == ("Corrected", False, 1)
        assert office.inbox.head(user_id).unread.messages == unread
        assert office.frames(user_id)[-1]["change"] == "edited"


def test_deletion_empties_every_copy(office: PostOffice, message: dict[str, Any]) -> None:
    assert delete(PRIYA, message["messageId"]) == (204, None)
    office.carry_on()

    for user_id in (PRIYA, ADA, BOB):
        [item] = messages(user_id, message["conversationId"])["items"]
        assert (item["content"], item["deleted"]) == ("", True)
        assert office.frames(user_id)[-1]["change"] == "deleted"
    assert "Hello" not in str(office.messages.copies)


@pytest.mark.parametrize("user_id", [ADA, BOB, "eve"])
def test_only_the_sender_changes_a_message(office: PostOffice, message: dict[str, Any], user_id: str) -> None:
    before = dict(office.messages.copies)

    assert edit(user_id, message["messageId"])[0] == 404
    assert delete(user_id, message["messageId"])[0] == 404
    assert office.messages.copies == before


def test_unknown_message_is_not_found(office: PostOffice) -> None:  # noqa: ARG001  nobody has sent anything
    assert edit(PRIYA, "none")[0] == 404


@pytest.mark.parametrize("late_by", [timedelta(0), timedelta(minutes=1)])
def test_message_can_be_changed_for_a_day(office: PostOffice, message: dict[str, Any], late_by: timedelta) -> None:
    key = message["messageId"], PRIYA
    created_at = datetime.now(UTC) - CHANGEABLE - late_by + timedelta(seconds=30)
    office.messages.copies[key] = replace(office.messages.copies[key], created_at=created_at)
    is_late = bool(late_by)

    assert edit(PRIYA, message["messageId"])[0] == (409 if is_late else 200)
    assert delete(PRIYA, message["messageId"])[0] == (409 if is_late else 204)


def test_deleted_message_stays_deleted(office: PostOffice, message: dict[str, Any]) -> None:
    delete(PRIYA, message["messageId"])
    written = len(office.messages.log)

    assert delete(PRIYA, message["messageId"])[0] == 204
    assert edit(PRIYA, message["messageId"])[0] == 409
    assert len(office.messages.log) == written


def test_same_words_are_no_change(office: PostOffice, message: dict[str, Any]) -> None:
    assert edit(PRIYA, message["messageId"], "Hello")[0] == 200
    assert office.messages.find(message["messageId"], PRIYA).version == 1


def test_edits_at_the_same_time_leave_one_of_them_everywhere(office: PostOffice, message: dict[str, Any]) -> None:
    """The second reads before the first has written."""
    find, stale = office.messages.find, [office.messages.find(message["messageId"], PRIYA)]
    edit(PRIYA, message["messageId"], "First")
    office.messages.find = lambda *key: stale.pop() if stale else find(*key)
    assert edit(PRIYA, message["messageId"], "Second")[1]["content"] == "Second"
    office.carry_on()

    assert {copy.content for copy in office.messages.copies.values()} == {"Second"}


@pytest.mark.parametrize("content", ["", " ", "x" * 10_001, None])
def test_what_is_no_message_is_refused(message: dict[str, Any], content: object) -> None:
    body = {"content": content}
    assert as_user(PRIYA, "PATCH /messages/{messageId}", body, messageId=message["messageId"])[0] == 422
