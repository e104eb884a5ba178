from typing import Any

import pytest

from tests.knowledge_base.tickets.help_desk import (
    ADA,
    BOB,
    FILE,
    PRIYA,
    HelpDesk,
    as_user,
    offered,
    opened,
    read,
    replied,
    uploaded,
)

pytestmark = pytest.mark.usefixtures("edge")

OFFER, LINK = "POST /attachments", "GET /tickets/{ticketId}/attachments/{attachmentId}"


def link(user_id: str, ticket_id: str, attachment_id: str) -> tuple[int, Any]:
    return as_user(user_id, LINK, ticketId=ticket_id, attachmentId=attachment_id)


@pytest.mark.usefixtures("help_desk")
def test_users_get_a_form() -> None:
    answer = offered()
    assert answer["upload"]["fields"]["key"] == answer["attachmentId"]
    first, second = (as_user(ADA, OFFER, FILE, key="1")[1] for _ in range(2))
    assert first["attachmentId"] == second["attachmentId"] != answer["attachmentId"]
    for wrong in ({"size": 0}, {"size": 10_000_001}, {"contentType": "text/html"}, {"name": "a\nb"}):
        assert as_user(ADA, OFFER, {**FILE, **wrong})[0] == 422


def test_attached_file_is_shown_and_downloaded(help_desk: HelpDesk) -> None:
    file = uploaded(help_desk)
    ticket_id = opened(attachments=[file])

    [shown] = read(ADA, ticket_id)["attachments"]
    assert (shown["attachmentId"], shown["name"], shown["state"], shown["size"]) == (file, FILE["name"], "accepted", 8)
    for user_id, status in ((ADA, 200), (PRIYA, 200), (BOB, 404)):
        assert link(user_id, ticket_id, file)[0] == status
    assert file in link(ADA, ticket_id, file)[1]["url"]
    of_staff = uploaded(help_desk, PRIYA)
    replied(PRIYA, ticket_id, attachments=[of_staff])
    assert [each["attachmentId"] for each in read(ADA, ticket_id)["replies"][0]["attachments"]] == [of_staff]
    assert link(ADA, ticket_id, of_staff)[0] == 200


def test_files_of_notes_are_for_staff(help_desk: HelpDesk) -> None:
    ticket_id, file = opened(), uploaded(help_desk, PRIYA)
    replied(PRIYA, ticket_id, note=True, attachments=[file])

    assert link(PRIYA, ticket_id, file)[0] == 200
    assert link(ADA, ticket_id, file)[0] == 404


def test_only_ones_own_unused_and_sound_files_are_attached(help_desk: HelpDesk) -> None:
    used, of_bob, broken = uploaded(help_desk), uploaded(help_desk, BOB), uploaded(help_desk, content=b"<html>")
    ticket_id = opened(attachments=[used])
    route = "POST /tickets/{ticketId}/replies"

    for wrong in (used, of_bob, broken, "none"):
        body = {"text": "x", "attachments": [uploaded(help_desk), wrong]}
        status, problem = as_user(ADA, route, body, ticketId=ticket_id)
        assert (status, problem["errors"][0]["field"]) == (422, "attachments[1]")
    assert read(ADA, ticket_id)["replies"] == []


def test_file_that_another_request_has_attached_meanwhile_is_refused(
    help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = uploaded(help_desk)
    find_all = help_desk.attachments.find_all

    def meanwhile(ids: Any) -> Any:
        found = find_all(ids)
        monkeypatch.setattr(help_desk.attachments, "find_all", find_all)
        opened(subject="First", attachments=[file])
        return found

    monkeypatch.setattr(help_desk.attachments, "find_all", meanwhile)
    body = {"subject": "Second", "body": "x", "channel": "web", "attachments": [file]}
    status, problem = as_user(ADA, "POST /tickets", body, key="2")
    assert (status, problem["errors"][0]["field"]) == (422, "attachments[0]")
    assert [each.subject for each in help_desk.tickets.by_id.values()] == ["First"]


def test_file_of_a_merged_ticket_is_had_by_either(help_desk: HelpDesk) -> None:
    file = uploaded(help_desk)
    one, two = opened(subject="One", attachments=[file]), opened(subject="Two")
    assert link(ADA, two, file)[0] == 404
    as_user(PRIYA, "POST /tickets/{ticketId}/merges", {"into": two}, ticketId=one)
    assert link(ADA, two, file)[0] == link(ADA, one, file)[0] == 200


def test_file_of_a_merged_ticket_is_had_however_often_it_was_merged(help_desk: HelpDesk) -> None:
    file = uploaded(help_desk)
    one, two, three = opened(attachments=[file]), opened(), opened()
    for each, into in ((one, two), (two, three)):
        as_user(PRIYA, "POST /tickets/{ticketId}/merges", {"into": into}, ticketId=each)
    assert link(ADA, three, file)[0] == 200


def test_file_is_had_once_it_was_inspected(help_desk: HelpDesk) -> None:
    file = str(offered()["attachmentId"])
    ticket_id = opened(attachments=[file])
    assert link(ADA, ticket_id, file)[0] == 404
    help_desk.files.upload(file, b"%PDF-1.7")
    help_desk.inspection.inspect(file)
    assert link(ADA, ticket_id, file)[0] == 200
