"""Mail of the help desk, on the deployed platform: in by the bucket, out by SES, and back into the same ticket."""

import re
import secrets
from typing import Any

import pytest
import requests

from local.inbox.messages import Delivered
from tests.e2e.clients import Api, Platform, User, eventually
from tests.e2e.local_inbox import inbox_of
from tests.knowledge_base.mail.examples import eml, eml_with_files

pytestmark = pytest.mark.platform


class HelpDesk:
    def __init__(self, platform: Platform) -> None:
        self._platform, self._s3, self.outputs = platform, platform.aws("s3"), platform.outputs
        [function] = [each for each in platform.functions if "mail.handlers.receive_mail" in each["Handler"]]
        self._variables: dict[str, str] = function["Environment"]["Variables"]
        self.address = self._variables["HELP_ADDRESS"]

    def as_user(self, user: User) -> Api:
        return Api(self._platform.outputs["apis"]["knowledge_base"], None, user.access_token)

    def receive(self, mail: bytes) -> None:
        """As SES does."""
        self._s3.put_object(Bucket=self._variables["MAIL_BUCKET"], Key=f"inbox/{secrets.token_hex(20)}", Body=mail)

    def tickets(self, user: User) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self.as_user(user).get("/tickets").json()["items"]
        return items

    def texts(self, user: User, ticket_id: str) -> list[str]:
        ticket = self.as_user(user).get(f"/tickets/{ticket_id}").json()
        return [each["text"] for each in ticket["replies"]]

    def mails(self, to: str) -> list[Delivered]:
        return [each for each in inbox_of(self._platform, to) if self.address.partition("@")[2] in str(each.headers)]


@pytest.fixture
def help_desk(platform: Platform) -> HelpDesk:
    return HelpDesk(platform)


@pytest.fixture
def person(platform: Platform) -> User:
    """With a verified address."""
    user = platform.sign_up("Rosa Martínez")
    verified = [{"Name": "email_verified", "Value": "true"}]
    pool = platform.outputs["userPoolId"]
    platform.cognito.admin_update_user_attributes(UserPoolId=pool, Username=user.email, UserAttributes=verified)
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
    refused = "[Files of the mail that are not here: a.exe (not a kind of file that we take)]"
    assert ticket["body"] == f"See the files.\n\n{refused}"
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
    eventually(lambda: help_desk.mails(person.email))
    [sent] = help_desk.mails(person.email)
    assert (list(sent.files), sent.text.splitlines()[-1]) == (["Beleg für Rosa.pdf"], "Here.")


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
