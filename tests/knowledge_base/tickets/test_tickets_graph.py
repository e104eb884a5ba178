"""The graph of statuses, merges and their undoing, and what is due when."""

from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from knowledge_base.tickets.domain.tickets import (
    MAX_MERGE_LEVELS,
    MAX_MERGED,
    TRANSITIONS,
    Merge,
    Priority,
    Satisfaction,
    Ticket,
    TicketStatus,
    merged,
    require_room,
    unmerged,
)
from shared.errors import Conflict, Invalid
from tests.knowledge_base.tickets.examples import HOURS, LEVELS, NOW, a_ticket

DAY = timedelta(days=1)
LATER = NOW + timedelta(hours=1)
STEPS = st.lists(st.tuples(st.sampled_from(TicketStatus), st.integers(0, 5 * 24 * 60)), max_size=12)


def walked(ticket: Ticket, steps: list[tuple[TicketStatus, int]]) -> list[Ticket]:
    """The tickets of a walk along the graph; steps that it does not have change nothing."""
    found, now = [ticket], ticket.created_at
    for status, minutes in steps:
        now += timedelta(minutes=minutes)
        try:
            found.append(LEVELS.moved(found[-1], status, now))
        except Conflict:
            assert status not in TRANSITIONS[found[-1].status]
    return found


@given(STEPS)
def test_ticket_only_walks_along_the_graph_and_ends_where_it_is_closed(steps: list[tuple[TicketStatus, int]]) -> None:
    walk = walked(a_ticket(), steps)

    for before, after in pairwise(walk):
        assert after.status is before.status or after.status in TRANSITIONS[before.status]
        assert before.status is not TicketStatus.CLOSED or after == before
        assert (after.solved_at is None) == (after.status in {TicketStatus.OPEN, TicketStatus.PENDING})


@pytest.mark.parametrize("status", TicketStatus)
def test_status_that_it_has_already_changes_nothing(status: TicketStatus) -> None:
    ticket = a_ticket(status=status, waiting_since=NOW)
    assert LEVELS.moved(ticket, status, LATER) == ticket


def test_refusal_names_where_a_ticket_can_go() -> None:
    with pytest.raises(Conflict, match="solved: it can become open, closed"):
        LEVELS.moved(a_ticket(status=TicketStatus.SOLVED), TicketStatus.PENDING, NOW)
    with pytest.raises(Conflict, match="closed: it stays so"):
        LEVELS.moved(a_ticket(status=TicketStatus.CLOSED), TicketStatus.OPEN, NOW)


def test_deadlines_are_in_business_time() -> None:
    due = LEVELS.due(NOW, Priority.NORMAL)  # Tuesday, ten o'clock: 8 and 40 hours

    assert due.first_reply == NOW + DAY
    assert due.resolution == NOW + 7 * DAY  # next Tuesday: the weekend does not count


@given(STEPS)
def test_time_to_the_resolution_stands_still_while_a_ticket_waits(steps: list[tuple[TicketStatus, int]]) -> None:
    walk = walked(a_ticket(), steps)
    waited, now, status = timedelta(), NOW, TicketStatus.OPEN
    since = NOW
    for wanted, minutes in steps:
        now += timedelta(minutes=minutes)
        if wanted not in TRANSITIONS[status]:
            continue
        if status is TicketStatus.OPEN:
            since = now
        elif wanted is TicketStatus.OPEN:
            waited += HOURS.between(since, now)
        status = wanted

    assert walk[-1].paused == waited
    assert walk[-1].due.resolution == HOURS.after(NOW, timedelta(hours=40) + waited)
    assert walk[-1].due.first_reply == a_ticket().due.first_reply


@given(st.permutations(list(Priority)), STEPS)
def test_priority_that_changes_back_and_forth_leaves_the_deadlines(
    priorities: list[Priority], steps: list[tuple[TicketStatus, int]]
) -> None:
    ticket = changed = walked(a_ticket(), steps)[-1]
    for priority in [*priorities, ticket.priority]:
        changed = LEVELS.prioritized(changed, priority)
    assert changed == ticket


def test_more_urgent_tickets_are_due_earlier() -> None:
    due = [LEVELS.due(NOW, priority) for priority in (Priority.URGENT, Priority.HIGH, Priority.NORMAL, Priority.LOW)]
    assert due == sorted(due, key=lambda each: (each.first_reply, each.resolution))
    assert all(each.first_reply < each.resolution for each in due)


@given(st.sampled_from([TicketStatus.OPEN, TicketStatus.PENDING, TicketStatus.SOLVED]), st.sampled_from(TicketStatus))
def test_merge_is_undone_whatever_came_between(of_target: TicketStatus, of_source: TicketStatus) -> None:
    source, target = a_ticket("t1", status=of_source), a_ticket("t2", status=of_target)
    gone, into = merged(source, target, LATER)
    assert (gone.status, gone.merge, into.merged) == (TicketStatus.CLOSED, Merge("t2", of_source), ("t1",))

    elsewhere, _ = merged(into, a_ticket("t3"), LATER)
    back, left = unmerged(gone, elsewhere, LATER)
    assert (back.status, back.merge, back.version) == (of_source, None, 3)
    assert (left.merged, left.merge) == ((), elsewhere.merge)


def test_tickets_that_do_not_fit_are_not_merged() -> None:
    source, target = a_ticket("t1"), a_ticket("t2")
    gone, into = merged(source, target, NOW)

    with pytest.raises(Invalid, match="another"):
        merged(source, source, NOW)
    refused = [
        (source, replace(target, user_id="bob"), "different people"),
        (gone, a_ticket("t3"), "was merged into t2"),
        (into, gone, "was merged into t2"),  # in a circle
        (source, replace(target, status=TicketStatus.CLOSED), "closed"),
    ]
    for one, other, words in refused:
        with pytest.raises(Conflict, match=words):
            merged(one, other, NOW)
    for other in (source, target):
        with pytest.raises(Conflict, match="not merged"):
            unmerged(source, other, NOW)


@pytest.mark.parametrize(("sizes", "of_target", "fits"), [([1], 50, True), ([1], 51, False), ([1, 25], 25, True)])
def test_merged_tickets_have_a_bound(sizes: list[int], of_target: int, fits: bool) -> None:
    source, target = [[a_ticket()] * size for size in sizes], [[a_ticket()], [a_ticket()] * (of_target - 1)]
    if fits:
        require_room(source, target)
    else:
        with pytest.raises(Conflict, match=f"More than {MAX_MERGED}"):
            require_room(source, target)


def test_merges_of_merges_have_a_bound() -> None:
    require_room([[a_ticket()]] * MAX_MERGE_LEVELS, [[a_ticket()]])
    with pytest.raises(Conflict, match="5 deep"):
        require_room([[a_ticket()]] * (MAX_MERGE_LEVELS + 1), [[a_ticket()]])


@pytest.mark.parametrize("status", TicketStatus)
def test_settled_tickets_are_rated(status: TicketStatus) -> None:
    satisfaction = Satisfaction(5, "Thanks", LATER)
    ticket = a_ticket(status=status)
    if status in {TicketStatus.OPEN, TicketStatus.PENDING}:
        with pytest.raises(Conflict):
            ticket.rated(satisfaction)
    else:
        assert ticket.rated(satisfaction).satisfaction == satisfaction
        with pytest.raises(Conflict):
            replace(ticket, merge=Merge("t2", TicketStatus.OPEN)).rated(satisfaction)
