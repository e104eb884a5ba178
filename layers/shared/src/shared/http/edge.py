"""What every route needs to know of its surroundings, and who is calling it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from shared.auth.access import Access, AccessEnds
from shared.auth.callers import Caller, caller_from
from shared.http.events import Event
from shared.settings import Settings


class EdgeSettings(Settings):
    allowed_origin: str
    token_issuer: str
    token_client_id: str


class AccessSettings(Settings):
    access_ends_table: str


class GatewayCache(Settings):
    """`true` or `false`."""

    cached_by_gateway: str


def is_cached_by_gateway() -> bool:
    """Whether the gateway keeps answers of this function, for all clients. Raises MissingSettings."""
    return GatewayCache().cached_by_gateway == "true"


@cache
def edge_settings() -> EdgeSettings:
    """Raises MissingSettings."""
    return EdgeSettings()


@cache
def access_ends() -> AccessEnds:
    """Raises MissingSettings."""
    # imported here: routes that everybody may call need no table
    from shared.auth.dynamo_access_ends import DynamoAccessEnds

    return DynamoAccessEnds(AccessSettings().access_ends_table)


@cache
def access() -> Access:
    """Whose access has ended. Raises MissingSettings."""
    from shared.dynamodb.connection import readers

    return Access(access_ends(), readers())


def caller_of(event: Event) -> Caller:
    """The signed-in user who sent the request. Raises Unauthenticated; Unavailable."""
    return caller_from(event, edge_settings().token_client_id, _verify)


def _verify(token: str) -> Mapping[str, Any]:
    # Behind an authorizer the event carries claims: on AWS only event streams need PyJWT and its cryptography.
    from shared.auth.tokens import verify_access_token

    return verify_access_token(token, edge_settings().token_issuer)
