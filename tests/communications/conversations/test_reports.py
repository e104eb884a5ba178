from typing import Any

import pytest

from communications.conversations.domain.reports import Act, State
from shared.errors import Unavailable
from tests.communications.conversations.calls import as_user, messages, sent
from tests.communications.conversations.post_office import ADA, BOB, PRIYA, PostOffice

pytestmark = pytest.mark.usefixtures("edge")

MIA, TOM = "mia", "tom"
"""Of finance, and an admin: neither is a member."""


def report(user_id: str, conversation_id: str, reason: object = "Rude", key: str | None = None) -> int:
    route = "POST /conversations/{conversationId}/reports"
    return as_user(user_id, route, {"reason": reason}, key=key, conversationId=conversation_id)[0]


def read(user_id: str, report_id: str, **query: str) -> tuple[int, Any]:
    return as_user(user_id, "GET /reports/{reportId}", query=query, reportId=report_id)


def decide(user_id: str, report_id: str, decision: object, **more: object) -> tuple[int, Any]:
    return as_user(user_id, "POST /reports/{reportId}/decisions", {"decision": decision, **more}, reportId=report_id)


@pytest.fixture
def said(office: PostOffice) -> list[dict[str, Any]]:
    """By Priya to Ada and Bob."""
    written = [sent(PRIYA, f"Words {number}", ADA, BOB, key=str(number)) for number in range(3)]
    office.carry_on()
    return written


@pytest.fixture
def report_id(office: PostOffice, said: list[dict[str, Any]]) -> str:
    """Ada's."""
    assert report(ADA, said[0]["conversationId"]) == 204
    [report_id] = office.reports.by_id
    return report_id


def test_staff_list_open_and_decided_reports(report_id: str) -> None:
    [item] = as_user(TOM, "GET /reports")[1]["items"]
    assert (item["reportId"], item["reporterId"], item["reason"], item["state"]) == (report_id, ADA, "Rude", "open")

    decide(TOM, report_id, "dismiss")
    assert as_user(TOM, "GET /reports")[1]["items"] == []
    assert as_user(TOM, "GET /reports", query={"state": "decided"})[1]["items"][0]["state"] == "decided"


def test_staff_see_what_had_been_said_and_no_more(
    office: PostOffice, said: list[dict[str, Any]], report_id: str
) -> None:
    sent(PRIYA, "Later", ADA, BOB, key="later")
    sent(PRIYA, "Elsewhere", ADA, key="elsewhere")
    office.carry_on()
    status, view = read(TOM, report_id, limit="2")

    assert (status, view["members"]) == (200, [ADA, BOB, PRIYA])
    assert [item["content"] for item in view["messages"]] == ["Words 2", "Words 1"]
    rest = read(TOM, report_id, limit="2", cursor=view["nextCursor"])[1]
    assert [item["content"] for item in rest["messages"]] == ["Words 0"]
    assert view["conversationId"] == said[0]["conversationId"]


def test_every_look_is_in_the_trail_before_anything_is_shown(office: PostOffice, report_id: str) -> None:
    read(TOM, report_id)
    _, view = read(MIA, report_id)

    assert [(entry["by"], entry["act"]) for entry in view["trail"]] == [(TOM, "read")]
    assert [(entry.by, entry.act) for entry in office.reports.by_id[report_id].trail] == [
        (TOM, Act.READ),
        (MIA, Act.READ),
    ]

    def fails(*_: object) -> None:
        raise Unavailable("busy")

    office.reports.append = fails  # type: ignore[assignment, method-assign]
    assert read(TOM, report_id)[0] == 503


def test_dismissed_report_changes_no_message(office: PostOffice, report_id: str) -> None:
    before = dict(office.messages.copies)
    status, decided = decide(TOM, report_id, "dismiss", note="Harmless")

    assert (status, decided["state"]) == (200, "decided")
    assert [(entry["act"], entry["decision"], entry["note"]) for entry in decided["trail"]] == [
        ("decided", "dismiss", "Harmless")
    ]
    assert office.messages.copies == before


def test_removed_messages_are_gone_for_everybody(
    office: PostOffice, said: list[dict[str, Any]], report_id: str
) -> None:
    removed = [said[0]["messageId"], said[2]["messageId"]]
    status, decided = decide(TOM, report_id, "remove", messageIds=removed)
    office.carry_on()

    assert status == 200
    assert [(entry["act"], entry["messageIds"]) for entry in decided["trail"]] == [
        ("removing", removed),
        ("decided", removed),
    ]
    for user_id in (ADA, BOB, PRIYA):
        items = messages(user_id, said[0]["conversationId"])["items"]
        assert [item["content"] for item in items] == ["", "Words 1", ""]


def test_removal_that_broke_off_is_carried_on(office: PostOffice, said: list[dict[str, Any]], report_id: str) -> None:
    write, calls = office.inbox.write, [1]

    def breaks_off(*of: Any) -> Any:
        if not calls:
            raise Unavailable("busy")
        calls.pop()
        return write(*of)

    office.inbox.write = breaks_off
    removed = [each["messageId"] for each in said]
    assert decide(TOM, report_id, "remove", messageIds=removed)[0] == 503
    assert office.reports.by_id[report_id].state is State.OPEN
    office.inbox.write = write
    assert decide(TOM, report_id, "remove", messageIds=removed)[0] == 200
    office.carry_on()

    assert {copy.content for copy in office.messages.copies.values()} == {""}
    assert [entry.act for entry in office.reports.by_id[report_id].trail] == [
        Act.REMOVING,
        Act.REMOVING,
        Act.DECIDED,
    ]


def test_only_messages_of_the_report_are_removed(office: PostOffice, report_id: str) -> None:
    elsewhere = sent(PRIYA, "Elsewhere", ADA, key="elsewhere")
    later = sent(PRIYA, "Later", ADA, BOB, key="later")
    office.carry_on()
    removed = [elsewhere["messageId"], later["messageId"], "none"]
    status, problem = decide(TOM, report_id, "remove", messageIds=removed)

    assert status == 422
    assert [error["field"] for error in problem["errors"]] == ["messageIds[0]", "messageIds[1]", "messageIds[2]"]
    assert office.reports.by_id[report_id].trail == ()


def test_report_is_decided_once(report_id: str) -> None:
    decide(TOM, report_id, "dismiss")

    assert decide(MIA, report_id, "dismiss")[0] == 409


def test_members_leave_the_decision_to_others(office: PostOffice, report_id: str) -> None:
    assert decide(PRIYA, report_id, "dismiss")[0] == 409
    assert office.reports.by_id[report_id].state is State.OPEN


def test_report_outlives_who_made_it(office: PostOffice, said: list[dict[str, Any]], report_id: str) -> None:
    del office.conversations.places[ADA, said[0]["conversationId"]]
    status, view = read(TOM, report_id)

    assert (status, view["messages"], view["nextCursor"]) == (200, [], None)


@pytest.mark.parametrize("user_id", [ADA, BOB])
def test_reports_are_for_staff(office: PostOffice, report_id: str, user_id: str) -> None:
    assert as_user(user_id, "GET /reports")[0] == 403
    assert read(user_id, report_id)[0] == 403
    assert decide(user_id, report_id, "dismiss")[0] == 403
    assert office.reports.by_id[report_id].trail == ()


def test_unknown_report_is_not_found(office: PostOffice) -> None:  # noqa: ARG001  there is none
    assert read(TOM, "none")[0] == 404
    assert decide(TOM, "none", "dismiss")[0] == 404


@pytest.mark.parametrize("user_id", ["eve", TOM])
def test_only_members_report(office: PostOffice, said: list[dict[str, Any]], user_id: str) -> None:
    assert report(user_id, said[0]["conversationId"]) == 404
    assert report(ADA, "none") == 404
    assert office.reports.by_id == {}


def test_repeated_request_reports_once(office: PostOffice, said: list[dict[str, Any]]) -> None:
    for _ in range(2):
        assert report(ADA, said[0]["conversationId"], key="k") == 204

    assert len(office.reports.by_id) == 1


@pytest.mark.parametrize("reason", ["", " ", "x" * 1_001, None])
def test_reason_is_needed(said: list[dict[str, Any]], reason: object) -> None:
    assert report(ADA, said[0]["conversationId"], reason) == 422


@pytest.mark.parametrize(
    "body",
    [
        {"decision": "other"},
        {"decision": "remove"},
        {"decision": "remove", "messageIds": []},
        {"decision": "dismiss", "messageIds": ["m"]},
        {"decision": "dismiss", "note": ""},
        {},
    ],
)
def test_what_is_no_decision_is_refused(report_id: str, body: dict[str, object]) -> None:
    assert as_user(TOM, "POST /reports/{reportId}/decisions", body, reportId=report_id)[0] == 422
