"""docs/access.md: what each caller gets from each route, from the rows of tests/access."""

from collections.abc import Iterable, Sequence
from http import HTTPStatus
from pathlib import Path

from generate.functions import CONTEXTS, ROOT, routes_of
from generate.pages import table
from tests.access.matrix import CALLERS, MEMBERS, Row, rows

_ORIGIN = "Generated from the rows of `tests/access` by `python -m generate`."
_WHAT = """\
The status of a valid request, by caller. `make test` sends each of them on the deployed local platform, where every
function has the rights of its role only, and finds that IAM refused nothing to any function, event-driven ones
included (`tests/e2e/test_access.py`), and that those which are refused change nothing: no item of any table, no object,
no account (`tests/e2e/test_refusals.py`). A route or a caller without a row fails `tests/architecture/test_access.py`.
Event streams can also be read with a ticket, and sockets are opened with one: [live-answers.md](live-answers.md)."""


def access_page() -> dict[Path, str]:
    declared = [f"{context} {route}" for context in CONTEXTS for route in routes_of(context)]
    if different := sorted({*declared} ^ {str(row) for row in rows()}):
        raise SystemExit(f"a route needs a row in tests/access, and a row a route: {', '.join(different)}")
    return {ROOT / "docs/access.md": _text(sorted(rows(), key=lambda row: declared.index(str(row))))}


def _text(all_rows: Sequence[Row]) -> str:
    cells = sum(len(row.statuses) for row in all_rows)
    served = sum(status < HTTPStatus.BAD_REQUEST for row in all_rows for status in row.statuses.values())
    counts = (
        f"{len(all_rows)} routes, {cells} pairs of route and caller: {served} are served, {cells - served} refused."
    )
    lines = ["# Who may call what", "", _ORIGIN, "", _WHAT, "", counts, ""]
    lines += table("caller | who that is", [(caller, who) for caller, who in CALLERS.items()])
    for context in sorted(CONTEXTS):
        own = [row for row in all_rows if row.context == context]
        in_projects = [row for row in own if row.statuses.keys() & set(MEMBERS)]
        lines += _section(context, [row for row in own if row not in in_projects])
        lines += _section(f"{context}, of a project", in_projects)
    return "\n".join([*lines, ""])


def _section(title: str, section: list[Row]) -> list[str]:
    if not section:
        return []
    callers = [caller for caller in CALLERS if any(caller in row.statuses for row in section)]
    return ["", f"## {title}", "", *table(" | ".join(["route", *callers]), list(_cells(section, callers)))]


def _cells(section: Iterable[Row], callers: list[str]) -> Iterable[list[str]]:
    for row in section:
        yield [f"`{row.route}`", *(str(row.statuses.get(caller, "")) for caller in callers)]
