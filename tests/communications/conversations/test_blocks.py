import pytest

from tests.communications.conversations.calls import as_user, sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, PostOffice

pytestmark = pytest.mark.usefixtures("edge")


def block(user_id: str, other: str) -> int:
    return as_user(user_id, "PUT /blocks/{userId}", userId=other)[0]


def unblock(user_id: str, other: str) -> int:
    return as_user(user_id, "DELETE /blocks/{userId}", userId=other)[0]


def test_blocked_users_messages_do_not_arrive(office: PostOffice) -> None:
    assert (block(ADA, PRIYA), block(ADA, PRIYA)) == (204, 204)
    sent(PRIYA, "Hello", ADA, BOB, key="1")
    office.carry_on()
    assert (len(office.frames(ADA)), len(office.frames(BOB))) == (0, 1)

    assert (unblock(ADA, PRIYA), unblock(ADA, PRIYA)) == (204, 204)
    sent(PRIYA, "Again", ADA, BOB, key="2")
    office.carry_on()
    assert [frame["messageId"] for frame in office.frames(ADA)] == [office.frames(BOB)[1]["messageId"]]


def test_sender_does_not_notice(office: PostOffice) -> None:
    block(ADA, PRIYA)

    message = sent(PRIYA, "Hello", ADA)
    assert office.contents(PRIYA, message["conversationId"]) == ["Hello"]


def test_who_blocks_may_still_write(office: PostOffice) -> None:
    block(ADA, PRIYA)
    sent(ADA, "Hello", PRIYA)
    office.carry_on()

    assert len(office.frames(PRIYA)) == 1


@pytest.mark.parametrize("other", [ADA, "me"])
def test_nobody_blocks_themselves(office: PostOffice, other: str) -> None:
    assert block(ADA, other) == 409
    assert office.blocks.pairs == {}


def test_users_list_whom_they_have_blocked(office: PostOffice) -> None:  # noqa: ARG001  its stores
    for other in (PRIYA, BOB, "eve"):
        block(ADA, other)
    block(BOB, ADA)
    _, first = as_user(ADA, "GET /blocks", query={"limit": "2"})
    _, second = as_user(ADA, "GET /blocks", query={"limit": "2", "cursor": first["nextCursor"]})

    assert [each["userId"] for each in first["items"] + second["items"]] == [BOB, "eve", PRIYA]
    assert (set(first["items"][0]), second["nextCursor"]) == ({"userId", "blockedAt"}, None)
    assert as_user(BOB, "GET /blocks", query={"cursor": first["nextCursor"]})[0] == 400
