"""Calls of the help desk's handlers, by staff where nothing else is said."""

from functools import partial

from tests.shared import http_api_calls
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER as ADA

__all__ = ["ADA", "STAFF", "call"]

STAFF = access_claims("sue", "[staff]")

call = partial(http_api_calls.call, claims=STAFF)
