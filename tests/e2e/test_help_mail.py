"""Mail of the help desk, on the deployed platform: in by the bucket, out by SES, and back into the same ticket."""

import re
import secrets
from typing import Any

import pytest
import requests

from knowledge_base.mail.domain.parsing import MAX_BYTES
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.help_mail import HelpDesk
from tests.e2e.mentions import logical, mentions
from tests.knowledge_base.mail.examples import eml, eml_with_files

pytestmark = pytest.mark.platform


@pytest.fixture
def help_desk(platform: Platform) -> HelpDesk:
    return HelpDesk(platform)


@pytest.fixture
def person(platform: Platform) -> User:
    """With a verified address."""
    user = platform.sign_up("Rosa Martínez")
    platform.verify(user)
    return user


def test_a_mail_is_answered_in_its_thread(help_desk: HelpDesk, staff: User, person: User) -> None:
    user, subject = person, f"Parcel {secrets.token_hex(4)}"
    first, second = (f"<{secrets.token_hex(8)}@mail.example.org>" for _ in range(2))
    mail = {"To": help_desk.address, "Message-ID": first}
    for _ in range(2):  # S3 and SES may deliver twice
        help_desk.receive(eml("Where is it?", mail, sender=user.email, subject=subject))
    eventually(lambda: help_desk.tickets(user))
    [ticket] = help_desk.tickets(user)
    assert ticket["subject"] == subject

    reply = help_desk.as_user(staff)("POST", f"/tickets/{ticket['ticketId']}/replies", json={"text": "On Tuesday."})
    assert reply.status_code == 201, reply.text
    eventually(lambda: help_desk.mails(user.email))
    [sent] = help_desk.mails(user.email)
    assert (sent.headers["In-Reply-To"], sent.headers["References"]) == (first, first)
    assert sent.title == f"Re: {subject} [#{ticket['number']}]"
    assert "On Tuesday." in sent.text

    assert decided(help_desk, user) == {"in-app": ("sent", "always"), "email": ("skipped", "already-mailed")}

    answer = {"To": sent.headers["Reply-To"], "Message-ID": second, "In-Reply-To": "<unknown@amazonses.com>"}
    quoted = f"Thank you!\n\nOn Monday, Almoner wrote:\n> {sent.text}"
    help_desk.receive(eml(quoted, answer, sender=user.email, subject=f"Re: {subject}"))
    eventually(lambda: help_desk.texts(user, ticket["ticketId"])[-1] == "Thank you!")
    assert "On Tuesday." in help_desk.texts(user, ticket["ticketId"])
    assert len(help_desk.tickets(user)) == 1, "what came twice counted once"


def decided(help_desk: HelpDesk, user: User) -> dict[str, tuple[str, str]]:
    """Of the notification of the answer, in the list and by mail."""
    api = Api(help_desk.outputs["apis"]["communications"], None, user.access_token)

    def answered() -> list[dict[str, Any]]:
        return [each for each in api.get("/notifications").json()["items"] if each["type"] == "ticket-answered"]

    eventually(answered)
    [notification] = answered()
    explanation = api.get(f"/notifications/{notification['notificationId']}/explanation").json()
    found = {each["channel"]: (each["outcome"], each["reason"]) for each in explanation["decisions"]}
    return {channel: found[channel] for channel in ("in-app", "email")}


def test_files_come_and_go_by_mail(help_desk: HelpDesk, staff: User, person: User) -> None:
    content = b"%PDF-1.7 \x00"
    files = ("Beleg für 2026.pdf", "application/octet-stream", content), ("a.exe", "application/x-msdownload", b"MZ")
    headers = {"To": help_desk.address, "Message-ID": f"<{secrets.token_hex(8)}@mail.example.org>"}
    help_desk.receive(eml_with_files(*files, headers=headers, sender=person.email))
    eventually(lambda: help_desk.tickets(person))
    [summary] = help_desk.tickets(person)
    path, of_person, of_staff = f"/tickets/{summary['ticketId']}", help_desk.as_user(person), help_desk.as_user(staff)
    ticket = of_person.get(path).json()
    refused = "a.exe (not a kind of file that we take)"
    assert (
        ticket["body"] == f"See the files.\n\n[Missing from this mail: {refused}. Its sender gets a mail that says so.]"
    )
    eventually(lambda: help_desk.mails(person.email))
    [notice] = help_desk.mails(person.email)
    assert f"- {refused}" in notice.text
    [file] = ticket["attachments"]
    assert (file["name"], file["contentType"], file["state"]) == (
        "Beleg für 2026.pdf",
        "application/pdf",
        "accepted",
    )
    for api in (of_person, of_staff):
        link = api.get(f"{path}/attachments/{file['attachmentId']}").json()
        assert requests.get(link["url"], timeout=10).content == content

    wanted = {"name": "Beleg für Rosa.pdf", "contentType": "application/pdf", "size": 1000}
    offer = of_staff("POST", "/attachments", json=wanted).json()
    form = offer["upload"]
    assert requests.post(form["url"], form["fields"], files={"file": b"%PDF-1.4"}, timeout=10).status_code == 204
    answer = {"text": "Here.", "attachments": [offer["attachmentId"]]}
    assert of_staff("POST", f"{path}/replies", json=answer).json()["channel"] == "email"
    eventually(lambda: len(help_desk.mails(person.email)) == 2)
    sent, _ = help_desk.mails(person.email)
    assert (list(sent.files), sent.text.splitlines()[-1]) == (["Beleg für Rosa.pdf"], "Here.")


def test_who_mails_too_much_hears_what_is_missing_and_sends_it_otherwise(
    help_desk: HelpDesk, staff: User, person: User
) -> None:
    photo = "photo.pdf", "application/pdf", b"%PDF-1.7 " + b"x" * MAX_BYTES
    headers = {"To": help_desk.address, "Message-ID": f"<{secrets.token_hex(8)}@mail.example.org>"}
    key = help_desk.receive(eml_with_files(photo, headers=headers, sender=person.email))
    eventually(lambda: help_desk.mails(person.email))
    help_desk.receive_again(key)
    [ticket] = help_desk.tickets(person)
    path = f"/tickets/{ticket['ticketId']}"
    seen = help_desk.as_user(staff).get(path).json()
    assert seen["userId"] == person.user_id
    remark = "[Missing from this mail: everything after its first 10 MB. Its sender gets a mail that says so.]"
    assert seen["body"] == f"See the files.\n\n{remark}"

    [notice] = help_desk.mails(person.email)
    assert notice.headers["Auto-Submitted"] == "auto-replied"
    assert notice.headers["In-Reply-To"] == headers["Message-ID"]
    assert "- everything after its first 10 MB" in notice.text
    smaller = "photo.pdf", "application/pdf", b"%PDF-1.7 smaller"
    answer = {"To": notice.headers["Reply-To"], "Message-ID": f"<{secrets.token_hex(8)}@mail.example.org>"}
    help_desk.receive(eml_with_files(smaller, headers=answer, sender=person.email))
    eventually(lambda: len(help_desk.texts(person, ticket["ticketId"])) == 1)
    [reply] = help_desk.as_user(person).get(path).json()["replies"]
    assert [each["name"] for each in reply["attachments"]] == ["photo.pdf"]
    assert len(help_desk.mails(person.email)) == 1, "nothing is missing any more"

    away = {"Auto-Submitted": "auto-replied", "Message-ID": f"<{secrets.token_hex(8)}@mail.example.org>"}
    stranger = f"{secrets.token_hex(6)}@nobody.example.net"
    help_desk.receive(eml_with_files(photo, headers=away, sender=person.email))
    help_desk.receive(eml_with_files(photo, headers={"Authentication-Results": ""}, sender=stranger))
    eventually(lambda: help_desk.mails(stranger))
    assert "sign in" not in help_desk.mails(stranger)[0].text
    assert len(help_desk.mails(person.email)) == 1, "machines are not answered"


def test_nobody_acts_as_a_user_by_their_address(help_desk: HelpDesk, staff: User, person: User) -> None:
    user, subject = person, f"Parcel {secrets.token_hex(4)}"
    help_desk.receive(eml("Mine.", {"To": help_desk.address}, sender=user.email, subject=subject))
    eventually(lambda: help_desk.tickets(user))
    [ticket] = help_desk.tickets(user)

    forged = {"Message-ID": f"<{secrets.token_hex(8)}@evil.org>", "In-Reply-To": "<first@mail.example.org>"}
    title = f"Send it to me {secrets.token_hex(4)} [#{ticket['number']}]"
    help_desk.receive(eml("I am they.", forged, sender=user.email, verified=False, subject=title))

    def of_staff() -> list[dict[str, Any]]:
        found = help_desk.as_user(staff).get(f"/tickets?q={re.split(' .#', title)[0].split()[-1]}").json()["items"]
        return [each for each in found if each["subject"].startswith("Send it")]

    eventually(of_staff)
    assert of_staff()
    assert [each["ticketId"] for each in help_desk.tickets(user)] == [ticket["ticketId"]]
    assert "I am they." not in help_desk.texts(user, ticket["ticketId"])


def test_whoever_wrote_without_an_account_is_erased_and_may_write_again(
    platform: Platform, help_desk: HelpDesk, staff: User, person: User
) -> None:
    marker, address = secrets.token_hex(6), f"{secrets.token_hex(6)}@nobody.example.net"
    sent = [
        eml(f"I am ill {marker}.", {"Message-ID": f"<{n}@x.org>"}, sender=address, subject=f"{marker} {n}")
        for n in range(2)
    ]
    keys = [help_desk.receive(mail) for mail in sent]
    eventually(lambda: len(help_desk.found(staff, marker)) == 2)
    tickets = help_desk.found(staff, marker)
    [stranger_id] = {each["userId"] for each in tickets}
    other = help_desk.receive(eml(f"Mine {marker}.", {"Message-ID": f"<{marker}@x.org>"}, sender=person.email))
    eventually(lambda: help_desk.tickets(person))

    erasing = {"email": address.upper()}
    is_problem(help_desk.as_user(person)("POST", "/erasures", json=erasing), 403)
    is_problem(help_desk.as_user(staff)("POST", "/erasures", json={"email": "nobody"}), 422)
    for _ in range(2):
        assert help_desk.as_user(staff)("POST", "/erasures", json=erasing).status_code == 202
    eventually(lambda: not help_desk.found(staff, marker))
    eventually(lambda: not help_desk.keys(keys))
    for each in tickets:
        is_problem(help_desk.as_user(staff).get(f"/tickets/{each['ticketId']}"), 404)
    assert help_desk.keys([other])
    assert len(help_desk.tickets(person)) == 1
    texts = [marker, address, stranger_id, *(each["ticketId"] for each in tickets)]
    left = {table for table, item in mentions(platform, texts) if help_desk.tickets(person)[0]["ticketId"] not in item}
    assert {logical(table) for table in left} <= {"TombstonesTable", "IdempotencyTable", "CustomerVersionsTable"}, left

    help_desk.receive_again(keys[0])
    help_desk.receive(eml("Something new.", {"Message-ID": "<new@x.org>"}, sender=address, subject=f"{marker} again"))
    eventually(lambda: help_desk.found(staff, marker))
    [again] = help_desk.found(staff, marker)
    assert (again["subject"], again["userId"] == stranger_id) == (f"{marker} again", False)
