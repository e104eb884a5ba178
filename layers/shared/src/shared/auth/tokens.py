"""Verifies Cognito access tokens in the function, for the routes whose gateway does not.

Imported only where an event carries no claims: PyJWT and its cryptography are no part of an ordinary cold start.
"""

import os
from collections.abc import Mapping
from functools import cache
from typing import Any

import jwt

from shared.errors import Unauthenticated, Unavailable

_LEEWAY_SECONDS = 5  # clocks differ a little


def verify_access_token(token: str, issuer: str) -> Mapping[str, Any]:
    """The claims of a token that this user pool signed and that has not expired.

    Raises Unauthenticated; Unavailable where the pool's keys are out of reach, so that nobody is signed out for that.
    """
    try:
        key_id = jwt.get_unverified_header(token).get("kid")
        if not isinstance(key_id, str):
            raise Unauthenticated("The access token names no signing key.")
        key = _signing_key(issuer, key_id)
        return jwt.decode(
            token,
            key,
            algorithms=["RS256"],
            issuer=issuer,
            leeway=_LEEWAY_SECONDS,
            options={"require": ["exp", "iss", "sub"]},
        )
    except (jwt.PyJWTError, UnicodeError) as error:
        raise Unauthenticated("The access token is not valid or has expired: sign in again.") from error


def _signing_key(issuer: str, key_id: str) -> jwt.PyJWK:
    try:
        return _key_set(issuer).get_signing_key(key_id)
    except (jwt.PyJWKClientConnectionError, OSError, ValueError) as error:
        raise Unavailable("Access tokens cannot be verified now: try again.", retry_after_seconds=2) from error


@cache
def _key_set(issuer: str) -> jwt.PyJWKClient:
    """The pool's public keys, fetched once per warm function and when an unknown key id appears."""
    return jwt.PyJWKClient(jwks_url(issuer, os.environ), cache_keys=True, timeout=3)


def jwks_url(issuer: str, environment: Mapping[str, str]) -> str:
    """Where the issuer publishes its keys; behind the SDK's endpoint override, where there is one."""
    endpoint = environment.get("AWS_ENDPOINT_URL_COGNITO_IDP") or environment.get("AWS_ENDPOINT_URL")
    base = f"{endpoint}/{issuer.rsplit('/', 1)[-1]}" if endpoint else issuer
    return f"{base}/.well-known/jwks.json"
