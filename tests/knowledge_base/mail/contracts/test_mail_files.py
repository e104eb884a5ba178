"""Files of mails are attachments of tickets."""

import pytest

from knowledge_base.mail.adapters.files import AttachedFiles, MailFiles
from knowledge_base.mail.domain.answering import ReplyFile
from knowledge_base.mail.domain.parsing import MailFile
from knowledge_base.mail.domain.receiving import Unfit
from knowledge_base.tickets.domain.attachments import MAX_BYTES, AttachmentState
from knowledge_base.tickets.domain.uploads import Intake
from tests.knowledge_base.mail.examples import AMARA_ID, NOW
from tests.knowledge_base.tickets.examples import an_attachment
from tests.knowledge_base.tickets.help_desk import HelpDesk

PNG = b"\x89PNG\r\n\x1a\n"


@pytest.fixture
def help_desk() -> HelpDesk:
    return HelpDesk()


def mail_files(help_desk: HelpDesk) -> MailFiles:
    return MailFiles(Intake(help_desk.attachments, help_desk.files))


def attached_files(help_desk: HelpDesk) -> AttachedFiles:
    return AttachedFiles(help_desk.attachments, help_desk.files, help_desk.inspection)


@pytest.mark.parametrize(
    ("file", "type_"),
    [
        (MailFile("a.pdf", "application/pdf", b"%PDF-1"), "application/pdf"),
        (MailFile("photo", "application/octet-stream", PNG), "image/png"),
        (MailFile("photo.jpg", "image/jpg", b"\xff\xd8\xff"), "image/jpeg"),
        (MailFile("photo.pdf", "application/pdf", PNG), "image/png"),
        (MailFile("gifts.CSV", "application/vnd.ms-excel", b"a,b"), "text/csv"),
        (MailFile("letter", "text/plain", b"Dear"), "text/plain"),
    ],
)
def test_file_is_kept_as_what_it_is(help_desk: HelpDesk, file: MailFile, type_: str) -> None:
    attachment_id = mail_files(help_desk).keep(AMARA_ID, file, "1", NOW)
    kept = help_desk.attachments.by_id[attachment_id]
    assert (kept.name, kept.type, kept.state, kept.user_id) == (file.name, type_, AttachmentState.ACCEPTED, AMARA_ID)
    assert help_desk.inspection.inspect(attachment_id) is AttachmentState.ACCEPTED  # as the upload's event does
    found = help_desk.files.uploaded(attachment_id)
    assert found
    assert help_desk.files.content(attachment_id, found) == file.content


@pytest.mark.parametrize(
    ("file", "reason"),
    [
        (MailFile("a.exe", "application/octet-stream", b"MZ"), "not a kind of file that we take"),
        (MailFile("a.html", "text/html", b"<p>"), "not a kind of file that we take"),
        (MailFile("a.svg", "image/svg+xml", b"<svg>"), "not a kind of file that we take"),
        (MailFile("a.txt", "text/plain", b"a\0"), "not a kind of file that we take"),
        (MailFile("a.pdf", "application/pdf", b"%PDF-" + b"x" * MAX_BYTES), "larger than 10 MB"),
        (MailFile("a.pdf", "application/pdf", b""), "empty"),
    ],
)
def test_what_is_not_kept_leaves_nothing(help_desk: HelpDesk, file: MailFile, reason: str) -> None:
    with pytest.raises(Unfit, match=f"^{reason}$"):
        mail_files(help_desk).keep(AMARA_ID, file, "1", NOW)
    assert (help_desk.attachments.by_id, help_desk.files.versions) == ({}, {})


def test_file_that_comes_again_is_the_same(help_desk: HelpDesk) -> None:
    file, files = MailFile("a.pdf", "application/pdf", b"%PDF-1"), mail_files(help_desk)
    first, second = (files.keep(AMARA_ID, file, "1", NOW) for _ in range(2))
    assert first == second
    assert len(help_desk.files.versions[first]) == 1
    assert files.keep("somebody else", file, "1", NOW) != first


def test_what_staff_have_just_uploaded_is_inspected_before_it_is_mailed(help_desk: HelpDesk) -> None:
    for attachment_id, content in (("inspected", b"%PDF-1"), ("waiting", b"%PDF-2"), ("wrong", b"MZ"), ("never", b"")):
        help_desk.attachments.add_new(an_attachment(attachment_id))
        if content:
            help_desk.files.upload(attachment_id, content)
    help_desk.inspection.inspect("inspected")
    files = attached_files(help_desk)

    found = files.accepted(["waiting", "never", "none", "wrong", "inspected"])
    assert [each.attachment_id for each in found] == ["waiting", "inspected"]
    assert files.content(found[0]) == b"%PDF-2"
    assert files.content(ReplyFile("none", "a", "application/pdf", 1, "v9")) is None
    assert files.accepted([]) == []
