"""Signed addresses that lead to a ticket."""

import re

from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.mail.domain.reply_addresses import ReplyAddresses
from tests.knowledge_base.mail.examples import ADDRESSES

TICKETS = st.uuids().map(str)


@given(TICKETS)
def test_an_address_leads_to_its_ticket_whatever_the_case(ticket_id: str) -> None:
    address = ADDRESSES.of_ticket(ticket_id)
    assert re.fullmatch(r"help\+[a-z2-7]{42}@almoner\.example", address)
    assert len(address.partition("@")[0]) <= 64
    assert ADDRESSES.ticket_of(address) == ADDRESSES.ticket_of(address.upper()) == ticket_id


@given(TICKETS, st.integers(5, 46), st.sampled_from("abcdefghijklmnopqrstuvwxyz234567"))
def test_a_changed_address_leads_nowhere_else(ticket_id: str, position: int, character: str) -> None:
    address = ADDRESSES.of_ticket(ticket_id)
    changed = address[:position] + character + address[position + 1 :]
    assert ADDRESSES.ticket_of(changed) in (
        {None, ticket_id} if position == 46 else {None if changed != address else ticket_id}
    )


@given(TICKETS)
def test_others_keys_and_domains_lead_nowhere(ticket_id: str) -> None:
    others = ReplyAddresses(ADDRESSES.address, "another key").of_ticket(ticket_id)
    assert ADDRESSES.ticket_of(others) is None
    elsewhere = ReplyAddresses("help@evil.org", ADDRESSES.key).of_ticket(ticket_id)
    assert ADDRESSES.ticket_of(elsewhere) is None


@given(st.text())
def test_any_text_leads_nowhere(text: str) -> None:
    assert ADDRESSES.ticket_of(text) is None
    assert ADDRESSES.ticket_of(f"help+{text}@almoner.example") is None
