from typing import Any

import pytest

from tests.communications.conversations.calls import as_user, messages, sent
from tests.communications.conversations.post_office import ADA, BOB, EVE, PRIYA, PostOffice

pytestmark = pytest.mark.usefixtures("edge")

LIST = "GET /conversations"
MESSAGES = "GET /conversations/{conversationId}/messages"


def said(office: PostOffice, count: int, first: int = 1) -> str:
    """Priya writes to Ada; the id of the conversation."""
    for number in range(first, first + count):
        message = sent(PRIYA, str(number), ADA, key=str(number))
        office.carry_on()
    return str(message["conversationId"])


def contents(page: dict[str, Any]) -> list[str]:
    return [item["content"] for item in page["items"]]


def test_conversations_are_listed_the_latest_first(office: PostOffice) -> None:
    sent(PRIYA, "1", ADA, key="1")
    sent(PRIYA, "2" * 300, ADA, BOB, key="2")
    office.carry_on()
    status, page = as_user(ADA, LIST)

    assert (status, page["unread"], page["nextCursor"]) == (200, 2, None)
    group, pair = page["items"]
    assert group["members"] == [
        {"userId": "ada", "name": "Ada Lovelace"},
        {"userId": "bob", "name": "Bob Hope"},
        {"userId": "priya", "name": "Priya Nair"},
    ]
    assert (pair["lastMessage"]["content"], pair["unread"]) == ("1", 1)
    assert (group["lastMessage"]["content"], group["lastMessage"]["senderId"]) == ("2" * 200, PRIYA)
    assert (pair["lastMessage"]["deleted"], set(pair)) == (
        False,
        {"conversationId", "members", "lastMessage", "unread"},
    )


def test_name_of_whoever_has_left_is_empty(office: PostOffice) -> None:
    said(office, 1)
    del office.people.by_id[PRIYA]

    [conversation] = as_user(ADA, LIST)[1]["items"]
    assert conversation["members"][1] == {"userId": PRIYA, "name": ""}


def test_conversations_come_in_pages_of_the_caller(office: PostOffice) -> None:
    for number, user_id in enumerate((BOB, EVE, PRIYA)):
        office.people.by_id[user_id] = user_id
        sent(PRIYA, str(number), ADA, *({user_id} - {PRIYA}), key=user_id)
    office.carry_on()
    first = as_user(ADA, LIST, query={"limit": "2"})[1]
    second = as_user(ADA, LIST, query={"limit": "2", "cursor": first["nextCursor"]})[1]

    ids = [each["conversationId"] for each in first["items"] + second["items"]]
    assert len(set(ids)) == len(ids) == 3
    assert second["nextCursor"] is None
    assert as_user(BOB, LIST, query={"cursor": first["nextCursor"]})[0] == 400


def test_whoever_has_no_conversations_has_an_empty_list(office: PostOffice) -> None:  # noqa: ARG001
    assert as_user(ADA, LIST) == (200, {"items": [], "unread": 0, "nextCursor": None})


def test_messages_come_in_pages_the_newest_first(office: PostOffice) -> None:
    conversation_id = said(office, 5)
    first = messages(ADA, conversation_id, limit="2")
    said(office, 1, first=6)
    second = messages(ADA, conversation_id, limit="2", cursor=first["nextCursor"])
    third = messages(ADA, conversation_id, limit="2", cursor=second["nextCursor"])

    assert [contents(page) for page in (first, second, third)] == [["5", "4"], ["3", "2"], ["1"]]
    assert [page["upTo"] for page in (first, second, third)] == [5, 5, 5]
    assert third["nextCursor"] is None
    assert contents(messages(ADA, conversation_id, since=str(third["upTo"]))) == ["6"]


def test_since_gives_what_has_arrived_or_changed_and_nothing_else(office: PostOffice) -> None:
    conversation_id = said(office, 3)
    seen = messages(ADA, conversation_id)["upTo"]
    first = messages(PRIYA, conversation_id)["items"][-1]
    as_user(PRIYA, "PATCH /messages/{messageId}", {"content": "1!"}, messageId=first["messageId"])
    as_user(PRIYA, "PATCH /messages/{messageId}", {"content": "1!!"}, messageId=first["messageId"])
    said(office, 1, first=4)

    assert contents(messages(ADA, conversation_id, since=str(seen))) == ["1!!", "4"]
    assert contents(messages(ADA, conversation_id, since="2")) == ["3", "1!!", "4"]
    assert contents(messages(ADA, conversation_id, since="0")) == ["1!!", "2", "3", "4"]


def test_since_comes_in_pages(office: PostOffice) -> None:
    conversation_id = said(office, 5)
    first = messages(ADA, conversation_id, since="1", limit="2")
    second = messages(ADA, conversation_id, limit="2", cursor=first["nextCursor"])

    assert (contents(first), first["upTo"]) == (["2", "3"], 3)
    assert (contents(second), second["upTo"], second["nextCursor"]) == (["4", "5"], 5, None)
    assert messages(ADA, conversation_id, since="5") == {"items": [], "nextCursor": None, "upTo": 5}
    assert messages(ADA, conversation_id, since="9")["upTo"] == 9


def test_own_messages_are_read_once_somebody_has_read_them(office: PostOffice) -> None:
    conversation_id = said(office, 2)
    assert [item["read"] for item in messages(PRIYA, conversation_id)["items"]] == [False, False]
    as_user(ADA, "POST /conversations/{conversationId}/reads", {"upTo": 1}, conversationId=conversation_id)
    office.carry_on()

    assert [item["read"] for item in messages(PRIYA, conversation_id)["items"]] == [False, True]
    assert [item["read"] for item in messages(ADA, conversation_id)["items"]] == [False, True]


@pytest.mark.parametrize("user_id", [BOB, "tom"])
def test_conversation_of_others_is_not_found(office: PostOffice, user_id: str) -> None:
    """Not even by an admin."""
    conversation_id = said(office, 1)

    for id_ in (conversation_id, "none"):
        assert as_user(user_id, MESSAGES, conversationId=id_)[0] == 404
        assert as_user(user_id, MESSAGES, query={"since": "0"}, conversationId=id_)[0] == 404


def test_cursor_of_another_conversation_or_user_is_refused(office: PostOffice) -> None:
    conversation_id = said(office, 3)
    cursor = messages(ADA, conversation_id, limit="1")["nextCursor"]
    other = sent(PRIYA, "Hi", ADA, BOB, key="o")["conversationId"]
    office.carry_on()

    for user_id, id_ in ((PRIYA, conversation_id), (ADA, other)):
        assert as_user(user_id, MESSAGES, query={"cursor": cursor}, conversationId=id_)[0] == 400


@pytest.mark.parametrize("query", [{"since": "-1"}, {"since": "x"}, {"limit": "101"}, {"cursor": "x"}, {"q": "x"}])
def test_queries_that_say_nothing_are_refused(office: PostOffice, query: dict[str, str]) -> None:
    conversation_id = said(office, 1)

    assert as_user(ADA, MESSAGES, query=query, conversationId=conversation_id)[0] == 400


def test_since_and_cursor_contradict_each_other(office: PostOffice) -> None:
    conversation_id = said(office, 3)
    cursor = messages(ADA, conversation_id, limit="1")["nextCursor"]

    assert as_user(ADA, MESSAGES, query={"cursor": cursor, "since": "1"}, conversationId=conversation_id)[0] == 400
