"""What is answered of a ticket: its words, and those of all that were merged into it."""

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
