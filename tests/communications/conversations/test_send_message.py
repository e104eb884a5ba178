import pytest

from communications.conversations.domain.conversations import MAX_RECIPIENTS
from tests.communications.conversations.calls import as_user, messages, sent
from tests.communications.conversations.post_office import ADA, BOB, EVE, PRIYA, TOM, PostOffice

pytestmark = pytest.mark.usefixtures("edge", "office")

ROUTE = "POST /messages"


def refusal(user_id: str, body: object, key: str | None = "key") -> tuple[int, list[dict[str, str]]]:
    status, problem = as_user(user_id, ROUTE, body, key=key)
    return status, problem.get("errors", [])


def test_sender_gets_what_was_sent(office: PostOffice) -> None:
    message = sent(ADA, "Hello  <b>Priya</b>\n👋 ", PRIYA)

    assert message["content"] == "Hello  <b>Priya</b>\n👋 "
    assert message["senderId"] == ADA
    assert set(message) == {"messageId", "conversationId", "senderId", "content", "createdAt", "updatedAt"}
    assert office.contents(ADA, message["conversationId"]) == [message["content"]]


def test_message_reaches_everybody_once_and_counts_as_unread(office: PostOffice) -> None:
    message = sent(PRIYA, "Hello", ADA, BOB)
    office.carry_on()

    for user_id in (ADA, BOB):
        [frame] = office.frames(user_id)
        assert frame == {
            "type": "message",
            "seq": 1,
            "unread": {"messages": 1, "notifications": 0},
            "conversationId": message["conversationId"],
            "messageId": message["messageId"],
            "senderId": PRIYA,
            "change": "sent",
        }
        [item] = messages(user_id, message["conversationId"])["items"]
        assert (item["content"], item["read"], item["seq"]) == ("Hello", False, 1)
    assert office.inbox.head(PRIYA).unread.messages == 0


def test_log_of_the_inbox_does_not_repeat_what_was_said(office: PostOffice) -> None:
    sent(ADA, "Secret words", PRIYA)
    office.carry_on()

    assert "Secret words" not in str(office.frames(ADA) + office.frames(PRIYA))


def test_same_people_share_a_conversation_whoever_writes(office: PostOffice) -> None:
    first = sent(PRIYA, "1", ADA, BOB)
    office.carry_on()
    second = sent(ADA, "2", BOB, PRIYA)
    office.carry_on()

    assert first["conversationId"] == second["conversationId"]
    assert sent(PRIYA, "3", ADA, key="another")["conversationId"] != first["conversationId"]
    assert office.contents(BOB, first["conversationId"]) == ["1", "2"]


def test_members_answer_in_a_conversation(office: PostOffice) -> None:
    begun = sent(PRIYA, "Hello", ADA, BOB)
    office.carry_on()
    body = {"conversationId": begun["conversationId"], "content": "Hello all"}

    assert as_user(ADA, ROUTE, body, key="a")[0] == 201
    office.carry_on()
    assert office.contents(BOB, begun["conversationId"]) == ["Hello", "Hello all"]


@pytest.mark.parametrize("conversation_id", ["theirs", "nothing"])
def test_conversation_of_others_is_not_found(office: PostOffice, conversation_id: str) -> None:
    theirs = sent(PRIYA, "Hello", ADA)["conversationId"]
    wanted = theirs if conversation_id == "theirs" else "nothing"

    status, problem = as_user(BOB, ROUTE, {"conversationId": wanted, "content": "Hi"}, key="b")
    assert (status, problem["detail"]) == (404, "There is no such conversation.")
    assert len(office.messages.copies) == 1


def test_supporters_begin_with_staff_only(office: PostOffice) -> None:
    status, errors = refusal(ADA, {"to": [PRIYA, BOB, "nobody"], "content": "Hi"})

    assert status == 422
    assert errors == [{"field": f"to[{n}]", "message": "is nobody to whom you may write"} for n in (1, 2)]
    assert office.messages.copies == {}
    assert sent(ADA, "Hi", PRIYA, TOM)


def test_groups_are_looked_up_only_where_a_supporter_begins(office: PostOffice) -> None:
    sent(PRIYA, "Hello", ADA, BOB)
    sent(ADA, "Hi", BOB, PRIYA, key="2")
    assert office.staff.questions == 0
    sent(ADA, "Hi", PRIYA, key="3")
    assert office.staff.questions == 1


def test_staff_write_to_anybody_who_is_here() -> None:
    assert refusal(PRIYA, {"to": [ADA, "gone"], "content": "Hi"}) == (
        422,
        [{"field": "to[1]", "message": "is nobody to whom you may write"}],
    )


def test_message_to_oneself_alone_is_refused() -> None:
    assert refusal(ADA, {"to": [ADA], "content": "Hi"})[0] == 422


def test_oneself_among_others_is_left_out(office: PostOffice) -> None:
    conversation_id = sent(ADA, "Hi", ADA, PRIYA)["conversationId"]

    assert office.conversations.by_id[conversation_id].members == (ADA, PRIYA)


def test_conversation_in_which_nobody_is_left_takes_nothing(office: PostOffice) -> None:
    begun = sent(ADA, "Hi", PRIYA)
    del office.people.by_id[PRIYA]

    body = {"conversationId": begun["conversationId"], "content": "Hello?"}
    assert as_user(ADA, ROUTE, body, key="b")[0] == 409


def test_whoever_has_left_gets_nothing_more(office: PostOffice) -> None:
    begun = sent(PRIYA, "Hi", ADA, BOB)
    office.carry_on()
    del office.people.by_id[BOB]
    as_user(ADA, ROUTE, {"conversationId": begun["conversationId"], "content": "Hello"}, key="a")
    office.carry_on()

    assert len(office.frames(BOB)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"content": "Hi"},
        {"to": [PRIYA], "conversationId": "c", "content": "Hi"},
        {"to": [], "content": "Hi"},
        {"to": [PRIYA, PRIYA], "content": "Hi"},
        {"to": [f"user-{n}" for n in range(MAX_RECIPIENTS + 1)], "content": "Hi"},
        {"to": [PRIYA]},
        *({"to": [PRIYA], "content": content} for content in ("", "  \u200b", "a\x00b", "x" * 10_001, 7, None)),
    ],
)
def test_what_is_no_message_is_refused(office: PostOffice, body: object) -> None:
    assert refusal(ADA, body)[0] == 422
    assert office.messages.copies == {}


@pytest.mark.parametrize("character", ["x", "👋", "é"])
def test_longest_message_is_kept_whole(office: PostOffice, character: str) -> None:
    message = sent(ADA, character * 10_000, PRIYA)

    assert office.contents(ADA, message["conversationId"]) == [character * 10_000]


def test_fifty_recipients(office: PostOffice) -> None:
    everybody = [f"user-{n}" for n in range(MAX_RECIPIENTS)]
    office.people.by_id |= dict.fromkeys(everybody, "Somebody")
    sent(PRIYA, "Hello", *everybody)
    office.carry_on()

    assert [office.inbox.head(user_id).unread.messages for user_id in everybody] == [1] * MAX_RECIPIENTS


def test_key_is_required() -> None:
    assert refusal(ADA, {"to": [PRIYA], "content": "Hi"}, key=None)[0] == 400


def test_repeated_request_sends_nothing_and_gets_the_first_answer(office: PostOffice) -> None:
    first = sent(ADA, "Hi", PRIYA)

    assert sent(ADA, "Hi", PRIYA) == first
    assert len(office.messages.copies) == 1
    assert refusal(ADA, {"to": [PRIYA], "content": "Other"})[0] == 422


def test_two_members_begin_at_the_same_time(office: PostOffice) -> None:
    """The second finds that the conversation was begun after it had looked."""
    find = office.conversations.find
    seen = [None]
    office.conversations.find = lambda id_: seen.pop() if seen else find(id_)
    conversation_id = sent(PRIYA, "1", ADA)["conversationId"]
    seen.append(None)
    assert sent(ADA, "2", PRIYA)["conversationId"] == conversation_id
    office.carry_on()

    assert office.contents(ADA, conversation_id) == ["2", "1"]
    assert sorted(office.contents(PRIYA, conversation_id)) == ["1", "2"]


@pytest.mark.parametrize("another", [EVE, TOM])
def test_nobody_but_members_has_a_copy(office: PostOffice, another: str) -> None:
    sent(ADA, "Hi", PRIYA)
    office.carry_on()

    assert office.frames(another) == []
    assert all(user_id != another for _, user_id in office.messages.copies)
