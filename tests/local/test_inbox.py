"""The local inbox: what was sent is shown, and can do nothing."""

import json
from datetime import UTC, datetime
from email.message import EmailMessage
from html.parser import HTMLParser
from pathlib import Path

import pytest
import urllib3
from hypothesis import given
from hypothesis import strategies as st

from local.inbox.messages import Delivered, delivered
from local.inbox.page import page
from local.inbox.server import application
from local.workspace import Workspace
from tests.shared.applications import served

HOSTILE = '"><script>alert(1)</script><img src=x onerror=alert(1)>'


@pytest.fixture
def here(tmp_path: Path) -> Workspace:
    workspace = Workspace(tmp_path, 4566)
    workspace.mail.mkdir()
    workspace.messages.mkdir()
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "Almoner <a@almoner.example>", "ada@example.org", "Thänk you"
    mail["List-Unsubscribe"] = "<https://api.example.org/unsubscribe/x>"
    mail.set_content("Plain")
    mail.add_alternative("<p onclick='x()'>Rich</p>", subtype="html")
    (workspace.mail / "20260203T040506.000001-m1.eml").write_bytes(mail.as_bytes())
    sms = {"kind": "sms", "to": "+447700900123", "text": "Hello", "attributes": {"AWS.SNS.SMS.SenderID": "Almoner"}}
    push = {"kind": "push", "to": "a-token", "platform": "GCM", "message": {"notification": {"title": "Hi"}}}
    (workspace.messages / "20260203T040507.000001-s1.json").write_text(json.dumps(sms))
    (workspace.messages / "20260203T040505.000001-p1.json").write_text(json.dumps(push))
    (workspace.messages / ".20260203T040508.000001-s2.json").write_text("{")  # is being written
    (workspace.messages / "opted-out").write_text("+447700900999\n")
    return workspace


def test_all_kinds_are_listed_the_newest_first(here: Workspace) -> None:
    sms, mail, push = delivered(here.mail, here.messages)
    assert (sms.kind, sms.to, sms.text, sms.headers["AWS.SNS.SMS.SenderID"]) == (
        "sms",
        "+447700900123",
        "Hello",
        "Almoner",
    )
    assert (mail.kind, mail.to, mail.title, mail.text.strip()) == ("mail", "ada@example.org", "Thänk you", "Plain")
    assert mail.headers["List-Unsubscribe"] == "<https://api.example.org/unsubscribe/x>"
    assert (push.kind, push.to, push.title) == ("push", "a-token", "GCM")
    assert delivered(here.mail, here.messages, limit=1) == [sms]
    assert delivered(here.mail, here.messages, to="ADA@") == [mail]


def test_files_of_a_mail_are_named(here: Workspace) -> None:
    mail = EmailMessage()
    mail.set_content("See the file.")
    mail.add_attachment(b"%PDF-", maintype="application", subtype="pdf", filename="Beleg für Ada.pdf")
    (here.mail / "20260203T040510.000001-m2.eml").write_bytes(mail.as_bytes())
    found = delivered(here.mail, here.messages, limit=1)
    assert found[0].files == ["Beleg für Ada.pdf"]
    assert "Files: Beleg für Ada.pdf" in page(found, "")


def test_what_cannot_be_read_is_shown_as_that(here: Workspace) -> None:
    (here.messages / "20260203T040509.000001-s3.json").write_text("{}")
    assert delivered(here.mail, here.messages)[0].title.endswith("cannot be read")


def test_page_is_served_to_this_machine_only(here: Workspace) -> None:
    with served(application(here)) as url:
        answer = urllib3.request("GET", f"{url}/", fields={"to": "ada@"})
        assert "Thänk you" in answer.data.decode()
        assert b"+447700900123" not in answer.data
        assert "default-src 'none'" in answer.headers["content-security-policy"]
        assert [each["kind"] for each in urllib3.request("GET", f"{url}/messages").json()] == ["sms", "mail", "push"]
        assert urllib3.request("GET", url, headers={"host": "evil.example"}).status == 403


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@given(st.sampled_from([HOSTILE, "</pre></iframe>", "' onload='x", "&lt;script&gt;"]) | st.text())
def test_messages_are_text_or_in_a_frame_that_may_do_nothing(text: str) -> None:
    message = Delivered(
        "mail", text, datetime.now(UTC), text, text, text, html=text, headers={text: text}, files=[text]
    )
    elements = Elements()
    elements.feed(page([message], text))
    plain = Elements()
    plain.feed(page([Delivered("mail", "", datetime.now(UTC), "", "x", "", html="", headers={"": ""}, files=[""])], ""))
    assert [tag for tag, _ in elements.found] == [tag for tag, _ in plain.found]
    [frame] = [attributes for tag, attributes in elements.found if tag == "iframe"]
    assert frame["sandbox"] is None
    assert frame.keys() == {"sandbox", "title", "srcdoc"}
