import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from knowledge_base.tickets.domain.closing import SETTLED_AFTER
from knowledge_base.tickets.domain.tickets import TicketStatus
from knowledge_base.tickets.handlers.close_settled_tickets import handler
from local.workspace import ROOT
from tests.knowledge_base.tickets.examples import a_ticket
from tests.knowledge_base.tickets.help_desk import ADA, HelpDesk, replied
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/close_settled_tickets.json").read_text())


def solved(help_desk: HelpDesk, ticket_id: str, ago: timedelta) -> None:
    now = datetime.now(UTC)
    ticket = a_ticket(ticket_id, status=TicketStatus.SOLVED, solved_at=now - ago, waiting_since=now - ago)
    help_desk.tickets.by_id[ticket_id] = ticket


def test_tickets_are_closed_a_week_after_they_were_solved(help_desk: HelpDesk) -> None:
    solved(help_desk, "t1", SETTLED_AFTER)
    solved(help_desk, "t2", SETTLED_AFTER - timedelta(minutes=1))
    help_desk.tickets.by_id["t3"] = a_ticket("t3", status=TicketStatus.PENDING)
    solved_at = help_desk.tickets.by_id["t1"].solved_at
    for _ in range(2):
        handler(SAMPLE, CONTEXT)

    tickets = help_desk.tickets.by_id
    assert [tickets[each].status for each in ("t1", "t2", "t3")] == [
        TicketStatus.CLOSED,
        TicketStatus.SOLVED,
        TicketStatus.PENDING,
    ]
    assert (tickets["t1"].version, tickets["t1"].solved_at) == (2, solved_at)


@pytest.mark.usefixtures("edge")
def test_ticket_that_somebody_writes_on_meanwhile_stays_open(
    help_desk: HelpDesk, monkeypatch: pytest.MonkeyPatch
) -> None:
    solved(help_desk, "t1", SETTLED_AFTER)
    list_solved = help_desk.tickets.solved

    def meanwhile() -> Any:
        found = list(list_solved())
        replied(ADA, "t1", "Still nothing")
        return found

    monkeypatch.setattr(help_desk.tickets, "solved", meanwhile)
    handler(SAMPLE, CONTEXT)
    assert help_desk.tickets.by_id["t1"].status is TicketStatus.OPEN
