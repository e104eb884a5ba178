"""Who may call a route: what the gateway asks of a request, and which users the edge lets in."""

from dataclasses import dataclass, replace

from shared.auth.callers import STAFF_GROUPS, Caller
from shared.errors import Forbidden


@dataclass(frozen=True, slots=True, kw_only=True)
class Callers:
    """`authorizer` is the gateway's, None where nobody has to sign in. Without `groups`, every user may call.

    `ticket` is the parameter of the query that may stand for a token. Where there is one and no `authorizer`, the route
    itself asks for either.
    """

    who: str
    authorizer: str | None = "UserPool"
    has_api_key: bool = True
    groups: frozenset[str] = frozenset()
    ticket: str | None = None

    @property
    def sign_in(self) -> bool:
        """Whether the request has to say who sends it."""
        return self.authorizer is not None or self.ticket is not None

    def admit(self, caller: Caller) -> None:
        """Raises Forbidden: that there is such a thing to do is no secret."""
        if self.groups and self.groups.isdisjoint(caller.groups):
            raise Forbidden(f"Only {self.who} may do this.")


ANYBODY = Callers(who="anybody", authorizer=None)
SIGNED_IN = Callers(who="signed-in users")
STAFF = Callers(who="staff", groups=STAFF_GROUPS)
FINANCE = Callers(who="finance staff and admins", groups=frozenset({"admin", "finance"}))
ADMINS = Callers(who="admins", groups=frozenset({"admin"}))
SIGNERS = Callers(who="who signs the body", authorizer=None, has_api_key=False)
"""Webhooks: their route verifies the signature."""
LINK_HOLDERS = Callers(who="holders of the link", authorizer=None, has_api_key=False)
"""Links in mails: their token is sealed."""
FOLLOWERS = Callers(who="holders of a token or a ticket", authorizer="Follower", has_api_key=False, ticket="ticket")
"""EventSource sends no headers: neither a key nor a token."""
TICKET_HOLDERS = replace(FOLLOWERS, authorizer=None)
"""Of an HTTP API, whose authorizers cannot answer 401."""
