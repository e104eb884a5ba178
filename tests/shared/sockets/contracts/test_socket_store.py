"""Tickets, connections, parts and ends of access, on the real adapter."""

import uuid
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from shared.auth.callers import Caller
from shared.auth.dynamo_access_ends import DynamoAccessEnds
from shared.errors import Invalid, TooLarge, Unauthenticated
from shared.sockets.connections import TICKET_LIFE, Connection, Part, issue, redeem
from shared.sockets.stores import DynamoConnections, DynamoParts, DynamoTickets
from shared.time.moments import FIRST, LAST
from tests.shared.runs.fake_runs import NOW

pytestmark = pytest.mark.emulator
ADA = Caller("ada", frozenset({"staff"}))


def part(index: int, data: str, count: int = 3, message_id: str = "m1") -> Part:
    return Part(message_id, index, count, data)


def test_a_ticket_is_redeemed_once_of_many_at_once(tables: dict[str, str]) -> None:
    tickets = DynamoTickets(tables["TicketsTable"])
    secret, expires_at = issue(ADA, "s1", tickets, NOW)

    def opens(_: int) -> bool:
        try:
            ticket = redeem(secret, tickets, NOW)
        except Unauthenticated:
            return False
        assert (ticket.caller, ticket.session_id) == (ADA, "s1")
        return True

    assert expires_at == NOW + TICKET_LIFE
    with ThreadPoolExecutor(8) as openers:
        assert sum(openers.map(opens, range(8))) == 1


def test_a_ticket_that_has_expired_or_never_was_is_refused(tables: dict[str, str]) -> None:
    tickets = DynamoTickets(tables["TicketsTable"])
    secret, expires_at = issue(ADA, "s1", tickets, NOW)
    for text, now in ((secret, expires_at), ("made up", NOW), ("", NOW)):
        with pytest.raises(Unauthenticated):
            redeem(text, tickets, now)


def test_a_user_has_several_sockets_until_they_close_or_expire(tables: dict[str, str]) -> None:
    connections = DynamoConnections(tables["ConnectionsTable"])
    user_id = str(uuid.uuid4())
    for name, life in (("a", 2), ("b", 2), ("c", 1)):
        connection = Connection(f"{user_id}-{name}", Caller(user_id), "s1")
        connections.add(connection, NOW - timedelta(hours=2 - life))
    connections.remove(f"{user_id}-a")
    connections.remove(f"{user_id}-a")
    assert connections.of_user(user_id, NOW + timedelta(hours=1)) == (f"{user_id}-b",)
    assert connections.of_user("nobody", NOW) == ()


def test_open_sockets_are_counted_until_they_expire(tables: dict[str, str]) -> None:
    connections, user_id = DynamoConnections(tables["ConnectionsTable"]), str(uuid.uuid4())
    later = NOW + timedelta(hours=1)
    before, before_later = connections.count(NOW), connections.count(later)  # other tests' sockets
    for number, life in enumerate((1, 2, 2)):
        connection = Connection(f"{user_id}-{number}", Caller(user_id), "s" * 1000)
        connections.add(connection, NOW - timedelta(hours=2 - life))
    assert connections.count(NOW) == before + 3
    assert connections.count(later) == before_later + 2


def test_parts_make_a_message_in_whatever_order_and_however_often_they_come(tables: dict[str, str]) -> None:
    parts, connection_id = DynamoParts(tables["PartsTable"]), str(uuid.uuid4())
    assert parts.add(connection_id, part(2, "c"), NOW) is None
    assert parts.add(connection_id, part(0, "a"), NOW) is None
    assert parts.add(connection_id, part(0, "a"), NOW) is None
    assert parts.add(connection_id, part(1, ""), NOW) == "ac"
    assert parts.add(str(uuid.uuid4()), part(1, ""), NOW) is None


def test_parts_may_be_cut_within_a_character(tables: dict[str, str]) -> None:
    parts, connection_id = DynamoParts(tables["PartsTable"]), str(uuid.uuid4())
    assert parts.add(connection_id, part(1, "\ude00b"), NOW) is None
    assert parts.add(connection_id, part(0, "a\ud83d"), NOW) is None
    assert parts.add(connection_id, part(2, "\ud83d"), NOW) == "a😀b\ud83d"


def test_parts_that_do_not_fit_together_are_refused(tables: dict[str, str]) -> None:
    parts, connection_id = DynamoParts(tables["PartsTable"]), str(uuid.uuid4())
    parts.add(connection_id, part(0, "a"), NOW)
    with pytest.raises(Invalid):
        parts.add(connection_id, part(1, "b", count=2), NOW)


def test_parts_that_are_too_long_together_are_refused_and_forgotten(tables: dict[str, str]) -> None:
    parts, connection_id = DynamoParts(tables["PartsTable"]), str(uuid.uuid4())
    parts.add(connection_id, part(0, "a" * 100_000), NOW)
    with pytest.raises(TooLarge):
        parts.add(connection_id, part(1, "b" * 40_000), NOW)
    assert parts.add(connection_id, part(1, "b"), NOW) is None


def test_the_latest_end_of_access_counts(tables: dict[str, str]) -> None:
    ends, user_id = DynamoAccessEnds(tables["AccessEndsTable"]), str(uuid.uuid4())
    assert ends.ended_at(user_id, NOW) is None
    later = NOW + timedelta(minutes=1)
    assert [ends.end(user_id, at) for at in (later, NOW, later)] == [True, False, True]
    assert ends.ended_at(user_id, NOW) == later
    assert ends.ended_at(user_id, NOW + timedelta(days=2)) is None


def test_an_end_of_access_may_be_of_any_year(tables: dict[str, str]) -> None:
    ends, user_id = DynamoAccessEnds(tables["AccessEndsTable"]), str(uuid.uuid4())

    assert [ends.end(user_id, at) for at in (FIRST, LAST)] == [True, True]
    assert ends.ended_at(user_id, NOW) == LAST.replace(microsecond=999000)
