"""Whoever sends what does not reach their ticket hears of it: once, and nobody else."""

from email import message_from_bytes

import pytest

from knowledge_base.mail.domain.outgoing import Refused, raw
from knowledge_base.mail.domain.receiving import Outcome
from shared.errors import Unavailable
from tests.knowledge_base.mail.examples import ADDRESSES, AMARA, NOW, Post, eml, eml_with_files

EXE = "b.exe", "application/octet-stream", b"MZ"


@pytest.fixture
def post() -> Post:
    return Post()


def sent(*, verified: bool = True, **headers: str) -> bytes:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    unverified = {"Authentication-Results": "amazonses.com; spf=none; dmarc=none header.from=example.org"}
    return eml_with_files(EXE, headers=named if verified else unverified | named)


def test_the_sender_hears_what_is_missing_and_how_to_send_it(post: Post) -> None:
    ticket_id = post.receive(sent()).ticket_id
    assert ticket_id
    (notice,) = post.sender.sent
    assert (notice.to, notice.reply_to) == (AMARA, ADDRESSES.of_ticket(ticket_id))
    assert (notice.subject, notice.references) == ("Re: Where is my parcel? [#1]", ("<first@mail.example.org>",))
    assert "- b.exe (not a kind of file that we take)\n" in notice.text
    assert "sign in and attach the files to question 1, or send several mails of up to 10 MB" in notice.text
    assert "Its sender gets a mail that says so." in post.tickets.texts[ticket_id][0]


def test_who_cannot_sign_in_is_not_sent_there(post: Post) -> None:
    post.receive(sent(verified=False))
    (notice,) = post.sender.sent
    assert notice.to == AMARA
    assert "sign in" not in notice.text


def test_the_notice_says_that_it_is_automatic(post: Post) -> None:
    post.receive(sent())
    message = message_from_bytes(raw(post.sender.sent[0], "help@almoner.example", NOW))
    assert message["Auto-Submitted"] == "auto-replied"
    assert message["X-Auto-Response-Suppress"] == "All"
    assert post.receive(message.as_bytes(), "inbox/2").outcome is Outcome.REFUSED


def test_it_is_sent_once(post: Post) -> None:
    notices = [post.receive(sent(), key).notice for key in ("inbox/1", "inbox/1", "inbox/2")]
    assert notices == ["sent", "sent already", None]
    assert len(post.sender.sent) == 1


def test_a_notice_that_failed_is_tried_again(post: Post) -> None:
    post.sender.failures = [Unavailable("SES is out of reach.", 2)]
    with pytest.raises(Unavailable):
        post.receive(sent())
    again = post.receive(sent())
    assert (again.outcome, again.notice) == (Outcome.REPEATED, "sent")
    assert len(post.tickets.threads) == 1


def test_one_that_is_never_accepted_is_given_up(post: Post) -> None:
    post.sender.failures = [Refused("BadRequestException")]
    received = post.receive(sent())
    assert (received.outcome, received.notice) == (Outcome.OPENED, "refused: BadRequestException")


def test_an_answer_to_it_joins_the_ticket(post: Post) -> None:
    ticket_id = post.receive(sent()).ticket_id
    answer = eml("Here.", {"Message-ID": "<2@x.org>", "In-Reply-To": "<1@eu-west-2.amazonses.com>"})
    received = post.receive(answer, "inbox/2")
    assert (received.outcome, received.ticket_id) == (Outcome.REPLIED, ticket_id)


def test_nobody_hears_of_a_mail_that_is_whole(post: Post) -> None:
    assert post.receive(eml()).notice is None
    assert post.receive(eml()).notice is None
    assert not post.sender.sent


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("Authentication-Results", "amazonses.com; dmarc=fail header.from=example.org"),
        ("X-SES-Spam-Verdict", "FAIL"),
    ],
)
def test_whoever_may_not_have_written_is_not_bothered_and_staff_see_that(post: Post, header: str, value: str) -> None:
    ticket_id = post.receive(eml_with_files(EXE, headers={header: value})).ticket_id
    assert ticket_id
    assert not post.sender.sent
    assert "Its sender gets no automatic mail about it." in post.tickets.texts[ticket_id][0]


def test_where_no_mail_is_sent_staff_see_that(post: Post) -> None:
    post.sends_mail = False
    ticket_id = post.receive(sent()).ticket_id
    assert ticket_id
    assert "Its sender gets no automatic mail about it." in post.tickets.texts[ticket_id][0]


@pytest.mark.parametrize(
    ("name", "value"), [("Auto-Submitted", "auto-replied"), ("Return-Path", "<>"), ("List-Id", "<news.example.org>")]
)
def test_machines_get_none(post: Post, name: str, value: str) -> None:
    assert post.receive(eml_with_files(EXE, headers={name: value})).outcome is Outcome.REFUSED
    assert not post.sender.sent
    assert not post.tickets.threads
