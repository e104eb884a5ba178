"""Who may call which route: one row for each route, with the status that each caller gets to a valid request.

On the deployed platform, where the functions have the rights of their roles, `tests/e2e/test_refusals.py` sends every
request that is refused, and finds that no data has changed; `tests/e2e/test_access.py` sends those that are served.
`tests/architecture/test_access.py` fails for a route or a caller without a row; docs/access.md is the table.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from importlib import import_module
from typing import TYPE_CHECKING

from shared.http.contract import Route

if TYPE_CHECKING:  # the table needs no platform
    from tests.access.world import World
    from tests.e2e.clients import User

CALLERS: Mapping[str, str] = {
    "supporter": "the user concerned; of a project, an owner",
    "editor": "an editor of the project",
    "viewer": "a viewer of the project",
    "another": "another supporter",
    "staff": "staff, not a member of the project",
    "finance": "finance staff, not a member of the project",
    "admin": "an admin",
    "guest": "not signed in, with the application's key",
    "expired": "an admin whose token has expired",
    "deleted": "an admin who was erased while their token was valid, and still is",
    "keyless": "the user concerned, without the application's key",
}
MEMBERS = "editor", "viewer"
GROUPS = "staff", "finance", "admin"
NOBODY = "guest", "expired", "deleted"
"""Whom routes for users answer with 401."""

type Statuses = Mapping[str, int]

_MODULES = (
    "identity",
    "profiles",
    "conversations",
    "projects",
    "prompts",
    "articles",
    "shop",
    "till",
    "payments",
    "orders",
    "support",
    "inbox",
    "sending",
    "unsubscribing",
    "help_desk",
    "help_documents",
    "users",
    "messages",
    "broadcasts",
    "notifications",
    "suggested_replies",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A valid request to a route; `concerns` is the user concerned where it is not the one of all other requests."""

    path: Mapping[str, str] = field(default_factory=dict)
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    json: object = None
    text: str | None = None
    """Of a body that is no JSON; `headers` say what it is."""
    concerns: "User | None" = None


type MakeCall = Callable[["World"], Call]


@dataclass(frozen=True, slots=True)
class Row:
    """`call` makes what the request needs; it is repeated after each request that may have changed something."""

    context: str
    route: str
    statuses: Statuses
    call: MakeCall

    @property
    def refused(self) -> Statuses:
        return {caller: status for caller, status in self.statuses.items() if status >= HTTPStatus.BAD_REQUEST}

    @property
    def served(self) -> Statuses:
        return {caller: status for caller, status in self.statuses.items() if caller not in self.refused}

    def __str__(self) -> str:
        return f"{self.context} {self.route}"


_ROWS: list[Row] = []


def row(context: str, route: str, statuses: Statuses) -> Callable[[MakeCall], MakeCall]:
    def add(call: MakeCall) -> MakeCall:
        _ROWS.append(Row(context, route, statuses, call))
        return call

    return add


def public_read(context: str, path: str) -> Callable[[MakeCall], MakeCall]:
    """Everybody may look at it by HEAD, too."""

    def add(call: MakeCall) -> MakeCall:
        for method in ("GET", "HEAD"):
            row(context, f"{method} {path}", anybody(200))(call)
        return call

    return add


@cache
def rows() -> tuple[Row, ...]:
    for module in _MODULES:
        import_module(f"tests.access.{module}")
    return tuple(_ROWS)


def callers_of(route: Route) -> frozenset[str]:
    """Those whom a row of this route has to name."""
    of_project = route.path.startswith("/api/projects/{projectId}")
    left_out = {*(() if of_project else MEMBERS), *(("keyless",) if route.gateway == "http" else ())}
    return frozenset(CALLERS) - left_out


# --- What callers usually get


def _signed_in(statuses: dict[str, int]) -> Statuses:
    return statuses | dict.fromkeys(NOBODY, 401) | {"keyless": 403}


def over_http(statuses: Statuses) -> Statuses:
    """HTTP APIs have no keys."""
    return {caller: status for caller, status in statuses.items() if caller != "keyless"}


def anybody(status: int) -> Statuses:
    return dict.fromkeys(("supporter", "another", *GROUPS, *NOBODY), status) | {"keyless": 403}


def everybody(status: int) -> Statuses:
    """Who has signed in."""
    return _signed_in(dict.fromkeys(("supporter", "another", *GROUPS), status))


def own_and_staff(status: int) -> Statuses:
    return _signed_in(dict.fromkeys(("supporter", *GROUPS), status) | {"another": 404})


def own(status: int) -> Statuses:
    """Not even staff."""
    return _signed_in(dict.fromkeys(("another", *GROUPS), 404) | {"supporter": status})


def staff(status: int) -> Statuses:
    return _signed_in(dict.fromkeys(("supporter", "another"), 403) | dict.fromkeys(GROUPS, status))


def finance(status: int) -> Statuses:
    return _signed_in(
        dict.fromkeys(("supporter", "another", "staff"), 403) | dict.fromkeys(("finance", "admin"), status)
    )


def admins(status: int) -> Statuses:
    return _signed_in(dict.fromkeys(("supporter", "another", "staff", "finance"), 403) | {"admin": status})


def project(*, owner: int, editor: int, viewer: int) -> Statuses:
    """Admins may do what owners may; who is no member learns nothing."""
    strangers = dict.fromkeys(("another", "staff", "finance"), 404)
    return _signed_in({"supporter": owner, "editor": editor, "viewer": viewer, "admin": owner} | strangers)


def of_viewers(status: int) -> Statuses:
    return project(owner=status, editor=status, viewer=status)


def of_editors(status: int) -> Statuses:
    return project(owner=status, editor=status, viewer=403)


def of_owners(status: int) -> Statuses:
    return project(owner=status, editor=403, viewer=403)


def of_starter(status: int) -> Statuses:
    """Of a project's run: no other member, and no admin."""
    return {**project(owner=status, editor=404, viewer=404), "admin": 404}


def streamed(statuses: Statuses) -> Statuses:
    """Event streams need no key."""
    return {**statuses, "keyless": statuses["supporter"]}
