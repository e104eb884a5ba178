"""Who is asking, and for whose data: the same rules in every context.

API Gateway's authorizers verify the token and hand its claims to the function. Where an event carries no claims (a
route behind no authorizer, `sam local start-api`), the function verifies the token itself; no claims never mean
"allowed".
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from shared.errors import Forbidden, NotFound, Unauthenticated

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)

STAFF_GROUPS = frozenset({"admin", "finance", "staff"})

type Claims = Mapping[str, Any]
type VerifyToken = Callable[[str], Claims]


@dataclass(frozen=True, slots=True)
class Caller:
    """A signed-in user. `user_id` is the token's `sub`; everybody outside the staff groups is a supporter."""

    user_id: str
    groups: frozenset[str] = frozenset()
    signed_in_at: datetime = field(default=_EPOCH, compare=False)

    @property
    def is_staff(self) -> bool:
        return not self.groups.isdisjoint(STAFF_GROUPS)

    def require_staff(self) -> None:
        """Raises Forbidden: that there is such a thing to do is no secret."""
        if not self.is_staff:
            raise Forbidden("Only staff may do this.")

    def require_access_to(self, user_id: str) -> None:
        """Raises NotFound unless the data is the caller's own or the caller is staff.

        The same answer as for somebody who does not exist: nobody learns who else is here.
        """
        if user_id != self.user_id and not self.is_staff:
            raise NotFound("There is no such supporter.")


def caller_from(event: Mapping[str, Any], client_id: str, verify: VerifyToken) -> Caller:
    """The caller of an API Gateway event, REST, HTTP or WebSocket. Raises Unauthenticated."""
    context = (event.get("requestContext") or {}).get("authorizer") or {}
    if context.get("userId"):
        return caller_from_context(context)
    claims = _claims_of_authorizer(event)
    if claims is None:
        claims = verify(bearer_token(event))
    if claims.get("token_use") != "access":
        raise Unauthenticated("Send an access token, not an ID token.")
    if claims.get("client_id") != client_id:
        raise Unauthenticated("The access token was issued to another application.")
    user_id = claims.get("sub")
    if not isinstance(user_id, str) or not user_id:
        raise Unauthenticated("The access token names no user.")
    return Caller(user_id, groups_from(claims.get("cognito:groups")), signed_in_at(claims))


def signed_in_at(claims: Claims) -> datetime:
    """When the user signed in, by `auth_time`: seconds since 1970, a number or text. The epoch without it.

    REST authorizers hand on `iat` as a date in words, and `auth_time` in seconds.
    """
    text = str(claims.get("auth_time", "0"))
    return datetime.fromtimestamp(int(text), UTC) if text.isascii() and text.isdigit() and len(text) < 12 else _EPOCH


def groups_from(claim: object) -> frozenset[str]:
    """The groups in `cognito:groups`, which arrives as a list, as "[a b]" or as "a,b" by the kind of API."""
    if isinstance(claim, str):
        return frozenset(claim.strip("[]").replace(",", " ").split())
    if isinstance(claim, (list, tuple)):
        return frozenset(group for group in claim if isinstance(group, str))
    return frozenset()


def authorizer_context(caller: Caller) -> dict[str, str]:
    """How our own Lambda authorizers describe a caller to API Gateway: text only."""
    signed_in = str(int(caller.signed_in_at.timestamp()))
    return {"userId": caller.user_id, "groups": ",".join(sorted(caller.groups)), "signedInAt": signed_in}


def caller_from_context(context: Mapping[str, Any]) -> Caller:
    """The caller that `authorizer_context` described."""
    signed_in = datetime.fromtimestamp(int(context.get("signedInAt", 0)), UTC)
    return Caller(context["userId"], groups_from(context.get("groups")), signed_in)


def _claims_of_authorizer(event: Mapping[str, Any]) -> Claims | None:
    authorizer = (event.get("requestContext") or {}).get("authorizer") or {}
    claims = authorizer.get("claims") or (authorizer.get("jwt") or {}).get("claims")
    return claims if isinstance(claims, Mapping) else None


def bearer_token(event: Mapping[str, Any]) -> str:
    """Raises Unauthenticated."""
    headers = event.get("headers") or {}
    authorization = next((value for name, value in headers.items() if name.lower() == "authorization"), "")
    scheme, _, token = str(authorization).partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise Unauthenticated("Send an access token in the header Authorization: Bearer …")
    return token.strip()
