"""Messages between people, on the deployed platform."""

import uuid
from typing import Any

import pytest

from tests.conformance import documents
from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform


@pytest.fixture(scope="module")
def staff(platform: Platform) -> User:
    return platform.sample_user("staff")


@pytest.fixture(scope="module")
def ada(platform: Platform) -> User:
    user = platform.sign_up("Ada Lovelace")
    eventually(lambda: api_of(platform, user).get("/users/me").ok)
    return user


def api_of(platform: Platform, user: User) -> Api:
    return Api(platform.outputs["apis"]["communications"], None, user.access_token, documents()["communications"])


def sent(api: Api, content: str, *to: str) -> dict[str, Any]:
    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answer = api("POST", "/messages", json={"to": list(to), "content": content}, headers=headers)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


def messages(api: Api, conversation_id: str, query: str = "") -> dict[str, Any]:
    answer = api.get(f"/conversations/{conversation_id}/messages{query}")
    return dict(answer.json()) if answer.ok else {"items": []}


def conversation(api: Api, conversation_id: str) -> dict[str, Any]:
    found = api.get("/conversations").json()["items"]
    return next((each for each in found if each["conversationId"] == conversation_id), {})


def test_two_people_write_read_and_catch_up(platform: Platform, ada: User, staff: User) -> None:
    hers, theirs = api_of(platform, ada), api_of(platform, staff)
    message = sent(hers, "Hello <b>Priya</b> 👋", staff.user_id)
    id_ = message["conversationId"]
    eventually(lambda: messages(theirs, id_)["items"])

    page = messages(theirs, id_)
    assert [(item["content"], item["read"]) for item in page["items"]] == [("Hello <b>Priya</b> 👋", False)]
    eventually(lambda: conversation(theirs, id_).get("unread") == 1)
    assert [member["name"] for member in conversation(theirs, id_)["members"]].count("Ada Lovelace") == 1

    assert theirs("POST", f"/conversations/{id_}/reads", json={"upTo": page["upTo"]}).status_code == 204
    eventually(lambda: messages(hers, id_)["items"][0]["read"])
    assert conversation(theirs, id_)["unread"] == 0

    headers = {"Idempotency-Key": uuid.uuid4().hex}
    answer = {"conversationId": id_, "content": "Good morning"}
    seen = messages(hers, id_)["upTo"]
    for _ in range(2):
        assert theirs("POST", "/messages", json=answer, headers=headers).status_code == 201
    assert hers("PATCH", f"/messages/{message['messageId']}", json={"content": "Corrected"}).status_code == 200
    eventually(lambda: len(messages(hers, id_, f"?since={seen}")["items"]) == 2)
    missed = messages(hers, id_, f"?since={seen}")
    assert sorted(item["content"] for item in missed["items"]) == ["Corrected", "Good morning"]
    assert messages(hers, id_, f"?since={missed['upTo']}")["items"] == []
    eventually(lambda: messages(theirs, id_)["items"][-1]["content"] == "Corrected")


def test_conversation_of_others_does_not_exist(platform: Platform, ada: User, staff: User) -> None:
    hers = api_of(platform, ada)
    message = sent(hers, "Between us", staff.user_id)
    id_ = message["conversationId"]
    stranger, admin = api_of(platform, platform.sign_up("Eve")), api_of(platform, platform.sample_user("admin"))
    before = messages(hers, id_)

    for api in (stranger, admin):
        key = {"Idempotency-Key": uuid.uuid4().hex}
        is_problem(api.get(f"/conversations/{id_}/messages"), 404)
        is_problem(api.get(f"/conversations/{id_}/messages?since=0"), 404)
        is_problem(api("POST", "/messages", json={"conversationId": id_, "content": "Hi"}, headers=key), 404)
        is_problem(api("POST", f"/conversations/{id_}/reads", json={"upTo": 9}), 404)
        is_problem(api("POST", f"/conversations/{id_}/reports", json={"reason": "x"}), 404)
        is_problem(api("PATCH", f"/messages/{message['messageId']}", json={"content": "x"}), 404)
        is_problem(api("DELETE", f"/messages/{message['messageId']}"), 404)
    assert messages(hers, id_) == before


def test_supporters_begin_with_staff_only(platform: Platform, ada: User) -> None:
    another = platform.sign_up("Eve")
    key = {"Idempotency-Key": uuid.uuid4().hex}
    problems = [
        is_problem(api_of(platform, ada)("POST", "/messages", json={"to": [to], "content": "Hi"}, headers=key), 422)
        for to in (another.user_id, "nobody")
    ]

    assert problems[0]["errors"] == problems[1]["errors"]


def test_users_list_whom_they_have_blocked(platform: Platform, ada: User) -> None:
    eve = platform.sign_up("Eve")
    hers, eves = api_of(platform, ada), api_of(platform, eve)
    assert eves.get("/blocks").json() == {"items": [], "nextCursor": None}
    blocked = {ada.user_id, *(uuid.uuid4().hex for _ in range(2))}
    for user_id in (*blocked, ada.user_id):
        assert eves("PUT", f"/blocks/{user_id}").status_code == 204
    is_problem(eves("PUT", f"/blocks/{eve.user_id}"), 409)

    listed, cursor = list[dict[str, Any]](), ""
    while cursor is not None:
        page = eves.get("/blocks?limit=2" + (f"&cursor={cursor}" if cursor else "")).json()
        listed, cursor = listed + page["items"], page["nextCursor"]
        if cursor:
            assert hers.get(f"/blocks?cursor={cursor}").status_code == 400  # whose list it is, it says itself
    assert {block["userId"] for block in listed} == blocked
    assert len(listed) == len(blocked)

    for _ in range(2):
        assert eves("DELETE", f"/blocks/{ada.user_id}").status_code == 204
    assert ada.user_id not in [block["userId"] for block in eves.get("/blocks").json()["items"]]
    assert hers.get("/blocks").json()["items"] == []


def test_blocked_users_messages_do_not_arrive(platform: Platform, ada: User, staff: User) -> None:
    eve = platform.sign_up("Eve")
    hers, eves, theirs = (api_of(platform, user) for user in (ada, eve, staff))
    eventually(lambda: eves.get("/users/me").ok)
    assert eves("PUT", f"/blocks/{staff.user_id}").status_code == 204
    message = sent(theirs, "To both", ada.user_id, eve.user_id)
    eventually(lambda: messages(hers, message["conversationId"])["items"])

    is_problem(eves.get(f"/conversations/{message['conversationId']}/messages"), 404)


def test_reported_message_is_removed_for_everybody(platform: Platform, ada: User, staff: User) -> None:
    hers, theirs = api_of(platform, ada), api_of(platform, staff)
    admins = api_of(platform, platform.sample_user("admin"))
    message, reason = sent(hers, "Rude words", staff.user_id), uuid.uuid4().hex
    id_ = message["conversationId"]
    eventually(lambda: message["messageId"] in str(messages(theirs, id_)))
    assert theirs("POST", f"/conversations/{id_}/reports", json={"reason": reason}).status_code == 204
    report = next(each for each in admins.get("/reports?limit=100").json()["items"] if each["reason"] == reason)

    view = admins.get(f"/reports/{report['reportId']}").json()
    assert view["messages"][0]["content"] == "Rude words"
    decision = {"decision": "remove", "messageIds": [message["messageId"]]}
    decided = admins("POST", f"/reports/{report['reportId']}/decisions", json=decision)
    assert [entry["act"] for entry in decided.json()["trail"]] == ["read", "removing", "decided"]
    for api in (hers, theirs):
        eventually(lambda api=api: messages(api, id_)["items"][0]["deleted"])  # type: ignore[misc]
