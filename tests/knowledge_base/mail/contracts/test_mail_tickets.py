"""What mail asks of tickets, of its fake and of the real ones."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

import pytest

from knowledge_base.mail.adapters.tickets import MailReplies, MailTickets
from knowledge_base.mail.domain.correspondence import Standing
from knowledge_base.mail.domain.receiving import Thread, Tickets, Words
from knowledge_base.tickets.domain.threads import Kind
from knowledge_base.tickets.domain.tickets import Channel, TicketStatus
from knowledge_base.tickets.domain.writing import Draft, NewTicket
from shared.auth.callers import Caller
from shared.errors import Conflict, NotFound, Unavailable
from shared.idempotency.claims import KeyInUse
from tests.knowledge_base.mail.examples import AMARA_ID, NOW, USER, FakeTickets
from tests.knowledge_base.tickets.help_desk import HelpDesk

STAFF = Caller("staff", frozenset({"staff"}))


def answered(help_desk: HelpDesk, ticket_id: str) -> str:
    """The id of what staff reply."""
    draft = Draft("On Tuesday.")
    return str(help_desk.writing.reply(STAFF, ticket_id, draft, None, NOW, lambda written: written.entry.entry_id))


def merge(help_desk: HelpDesk, ticket_id: str, into: str) -> None:
    help_desk.handling.merge(STAFF, ticket_id, into, None, NOW, lambda ticket: ticket)


def unmerge(help_desk: HelpDesk, ticket_id: str) -> None:
    help_desk.handling.unmerge(STAFF, ticket_id, NOW)


@dataclass
class Kept:
    tickets: Tickets
    texts: Callable[[str], list[str]]
    close: Callable[[str], object]


def of_fake() -> Kept:
    fake = FakeTickets()
    return Kept(fake, lambda ticket_id: fake.texts[ticket_id], fake.closed.add)


def of_help_desk() -> Kept:
    help_desk = HelpDesk()

    def texts(ticket_id: str) -> list[str]:
        return [entry.text for entry in help_desk.threads.of_ticket(ticket_id)]

    def close(ticket_id: str) -> None:
        ticket = help_desk.tickets.find(ticket_id)
        assert ticket
        work = help_desk.begin()
        help_desk.tickets.change(
            help_desk.handling.levels.moved(ticket, TicketStatus.CLOSED, NOW).next_version(NOW), work
        )
        work.commit()

    return Kept(MailTickets(help_desk.tickets, help_desk.writing), texts, close)


@pytest.mark.parametrize("make", [of_fake, of_help_desk])
class TestTickets:
    def test_tickets_are_opened_and_found(self, make: Callable[[], Kept]) -> None:
        kept = make()
        ticket_id = kept.tickets.open(USER, "Parcel", Words("Where?"), "key", NOW)
        thread = kept.tickets.find(ticket_id)
        assert thread == Thread(ticket_id, 1, AMARA_ID, "Parcel")
        assert kept.tickets.numbered(AMARA_ID, 1) == thread
        assert kept.tickets.numbered("somebody else", 1) is None
        assert kept.tickets.numbered(AMARA_ID, 2) is None
        assert kept.tickets.find("none") is None
        assert kept.texts(ticket_id) == ["Where?"]

    def test_replies_are_written_until_a_ticket_is_closed(self, make: Callable[[], Kept]) -> None:
        kept = make()
        thread = kept.tickets.find(kept.tickets.open(USER, "Parcel", Words("Where?"), "key", NOW))
        assert thread
        kept.tickets.reply(thread, Words("Still?"), "another", NOW)
        assert kept.texts(thread.ticket_id) == ["Where?", "Still?"]
        kept.close(thread.ticket_id)
        with pytest.raises(Conflict):
            kept.tickets.reply(thread, Words("Again!"), "third", NOW)


class TestOfTheHelpDesk:
    @pytest.fixture
    def help_desk(self) -> HelpDesk:
        return HelpDesk()

    @pytest.fixture
    def tickets(self, help_desk: HelpDesk) -> MailTickets:
        return MailTickets(help_desk.tickets, help_desk.writing)

    def test_a_key_opens_one_ticket_and_writes_one_reply(self, help_desk: HelpDesk, tickets: MailTickets) -> None:
        first, second = (tickets.open(USER, "Parcel", Words("Where?"), "key", NOW) for _ in range(2))
        assert first == second
        thread = tickets.find(first)
        assert thread
        for _ in range(2):
            tickets.reply(thread, Words("Still?"), "another", NOW)
        entries = help_desk.threads.of_ticket(first)
        assert [(each.kind, each.author) for each in entries] == [(Kind.OPENING, AMARA_ID), (Kind.SUPPORTER, AMARA_ID)]
        ticket = help_desk.tickets.find(first)
        assert ticket
        assert (ticket.channel, ticket.by_mail, ticket.has_account) == (Channel.EMAIL, True, True)
        assert {each.channel for each in entries} == {Channel.EMAIL}

    def test_a_strangers_ticket_says_so(self, help_desk: HelpDesk, tickets: MailTickets) -> None:
        ticket_id = tickets.open(replace(USER, standing=Standing.VERIFIED), "Parcel", Words("Where?"), "key", NOW)
        thread, ticket = tickets.find(ticket_id), help_desk.tickets.find(ticket_id)
        assert thread
        assert ticket
        assert (thread.has_account, ticket.has_account) == (False, False)
        reply = help_desk.threads.find(ticket_id, answered(help_desk, ticket_id))
        assert reply
        assert reply.has_account is False

    def test_a_ticket_that_has_gone_takes_no_reply(self, tickets: MailTickets) -> None:
        with pytest.raises(NotFound):
            tickets.reply(Thread("none", 1, AMARA_ID, "Parcel"), Words("Still?"), "key", NOW)

    def test_a_mail_that_is_being_written_is_tried_again(
        self, help_desk: HelpDesk, tickets: MailTickets, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def refuse(*_: object) -> None:
            raise KeyInUse

        monkeypatch.setattr(help_desk.first_answers, "record", refuse)
        with pytest.raises(Unavailable):
            tickets.open(USER, "Parcel", Words("Where?"), "key", NOW)

    def test_only_what_staff_wrote_to_the_supporter_is_a_reply(self, help_desk: HelpDesk, tickets: MailTickets) -> None:
        ticket_id = tickets.open(USER, "Parcel", Words("Where?"), "key", NOW)
        drafts = (STAFF, Draft("On Tuesday.")), (STAFF, Draft("A note.", is_note=True)), (Caller(AMARA_ID), Draft("?"))
        ids = [
            str(help_desk.writing.reply(caller, ticket_id, draft, None, NOW, lambda written: written.entry.entry_id))
            for caller, draft in drafts
        ]
        replies = MailReplies(help_desk.tickets, help_desk.threads)
        found = [replies.find(ticket_id, each) for each in ids]
        assert [each.text if each else None for each in found] == ["On Tuesday.", None, None]
        assert replies.find("none", ids[0]) is None

    def test_only_those_who_have_written_by_mail_are_answered_by_mail(
        self, help_desk: HelpDesk, tickets: MailTickets
    ) -> None:
        """Also on tickets that were opened elsewhere, from their first mail on."""
        web = NewTicket(user_id=AMARA_ID, author=AMARA_ID, subject="Parcel", body="Where?", channel=Channel.EMAIL)
        ticket_id = str(help_desk.writing.open(web, None, NOW, lambda ticket: ticket.ticket_id))
        replies, found = MailReplies(help_desk.tickets, help_desk.threads), []
        for _ in range(2):
            found.append(replies.find(ticket_id, answered(help_desk, ticket_id)))
            thread = tickets.find(ticket_id)
            assert thread
            tickets.reply(thread, Words("Still?"), "key", NOW)
        assert [each and each.text for each in found] == [None, "On Tuesday."]

    def test_merged_mails_are_answered_by_mail_until_that_is_undone(
        self, help_desk: HelpDesk, tickets: MailTickets
    ) -> None:
        by_mail = tickets.open(USER, "Parcel", Words("Where?"), "key", NOW)
        web = NewTicket(user_id=AMARA_ID, author=AMARA_ID, subject="Parcel", body="Where?", channel=Channel.WEB)
        into = str(help_desk.writing.open(web, None, NOW, lambda ticket: ticket.ticket_id))
        replies, is_mailed = MailReplies(help_desk.tickets, help_desk.threads), []
        for change in (None, partial(merge, help_desk, by_mail, into), partial(unmerge, help_desk, by_mail)):
            if change:
                change()
            is_mailed.append(replies.find(into, answered(help_desk, into)) is not None)
        assert is_mailed == [False, True, False]

    def test_a_reply_names_all_that_was_merged_into_its_ticket(self, help_desk: HelpDesk, tickets: MailTickets) -> None:
        one, two, three = (
            tickets.open(USER, subject, Words("Words"), subject, NOW) for subject in ("One", "Two", "Three")
        )
        merge(help_desk, one, two)
        merge(help_desk, two, three)
        reply = MailReplies(help_desk.tickets, help_desk.threads).find(three, answered(help_desk, three))
        assert reply
        assert reply.thread.merged == (two, one)
