"""What is answered of a ticket: its words, and those of all that were merged into it."""

import pytest

from knowledge_base.answering.adapters.conversations import TicketConversations
from knowledge_base.tickets.domain.threads import Kind
from tests.knowledge_base.tickets.examples import a_ticket, an_entry
from tests.knowledge_base.tickets.fakes import FakeThreads, FakeTickets


def test_words_of_merged_tickets_and_those_merged_into_them_are_answered_without_notes() -> None:
    tickets, threads = FakeTickets(), FakeThreads()
    for ticket_id, merged in (("t1", ("t2",)), ("t2", ("t3",)), ("t3", ())):
        tickets.by_id[ticket_id] = a_ticket(ticket_id, merged=merged)
    threads.entries += [an_entry(number, ticket_id=f"t{number}", text=f"{number}") for number in (1, 2, 3)]
    threads.entries.append(an_entry(4, ticket_id="t2", kind=Kind.NOTE, text="a note"))

    conversation = TicketConversations(tickets, threads).find("t1")

    assert conversation
    assert [said.text for said in conversation.messages] == ["1", "2", "3"]


@pytest.mark.parametrize(("staffs", "first", "length"), [(20, "0", 21), (19, "0", 20), (3, "0", 4)])
def test_newest_words_are_answered_and_at_least_the_question(staffs: int, first: str, length: int) -> None:
    tickets, threads = FakeTickets(), FakeThreads()
    tickets.by_id["t1"] = a_ticket()
    threads.entries.append(an_entry(entry_id="e00", kind=Kind.OPENING, text="0"))
    threads.entries += [an_entry(entry_id=f"e{number:02}", kind=Kind.STAFF) for number in range(1, staffs + 1)]

    conversation = TicketConversations(tickets, threads).find("t1")

    assert conversation
    assert (conversation.messages[0].text, len(conversation.messages)) == (first, length)
    assert "0" in conversation.question
