"""Every route has a row in the matrix of who may call it, every caller a status, and each status can be."""

from collections import Counter

import pytest

from generate.functions import CONTEXTS, routes_of
from tests.access.matrix import GROUPS, NOBODY, Row, callers_of, rows

ROUTES = {f"{context} {route}": route for context in CONTEXTS for route in routes_of(context)}
ROWS = {str(row): row for row in rows()}


def test_every_route_has_one_row() -> None:
    assert Counter(map(str, rows())) == Counter(ROUTES.keys())


@pytest.mark.parametrize("name", sorted(ROWS.keys() & ROUTES.keys()))
def test_every_caller_has_a_status_that_the_route_declares(name: str) -> None:
    row, route = ROWS[name], ROUTES[name]

    assert row.statuses.keys() == callers_of(route)
    assert set(row.statuses.values()) <= {*route.answers, *route.refusals}
    assert any(status in route.answers for status in row.statuses.values()), "somebody may call it"
    assert max(row.statuses.values()) < 500


@pytest.mark.parametrize("name", sorted(ROWS.keys() & ROUTES.keys()))
def test_statuses_are_those_of_the_callers_that_the_route_admits(name: str) -> None:
    row, route = ROWS[name], ROUTES[name]

    for caller in NOBODY:
        assert (row.statuses[caller] == 401) is route.callers.sign_in
    if "keyless" in row.statuses:
        assert (row.statuses["keyless"] == 403) is route.callers.has_api_key
    if route.callers.groups:
        assert {caller for caller in ("supporter", "another", *GROUPS) if _is_admitted(row, caller)} == {
            caller for caller in GROUPS if caller in route.callers.groups
        }


def _is_admitted(row: Row, caller: str) -> bool:
    return row.statuses[caller] != 403
