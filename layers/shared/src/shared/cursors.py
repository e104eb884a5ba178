"""Opaque, tamper-evident page cursors.

A cursor holds the position after which the next page begins, signed together with the list that it belongs to: one
made for another list, another user or by another hand is refused.
"""

import base64
import binascii
import hashlib
import hmac

from shared.errors import FieldError, Malformed

_SIGNATURE_BYTES = 16


class Cursors:
    """Makes and reads cursors with one secret key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def make(self, scope: str, position: str | None) -> str | None:
        """The cursor for what follows `position` in the list `scope`; None where nothing follows."""
        if position is None:
            return None
        payload = position.encode()
        return _text(self._sign(scope, payload) + payload)

    def read(self, scope: str, cursor: str | None) -> str | None:
        """The position that `make` was given. Raises Malformed for a cursor that this list did not hand out."""
        if cursor is None:
            return None
        try:
            decoded = base64.b64decode(cursor + "=" * (-len(cursor) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise _refusal() from error
        signature, payload = decoded[:_SIGNATURE_BYTES], decoded[_SIGNATURE_BYTES:]
        if _text(decoded) != cursor or not hmac.compare_digest(signature, self._sign(scope, payload)):
            raise _refusal()
        return payload.decode()

    def _sign(self, scope: str, payload: bytes) -> bytes:
        name = scope.encode(errors="surrogatepass")
        message = len(name).to_bytes(4) + name + payload
        return hmac.digest(self._key, message, hashlib.sha256)[:_SIGNATURE_BYTES]


def _text(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()


def _refusal() -> Malformed:
    message = "is not a cursor of this list: use nextCursor of the page before, or leave it out"
    return Malformed(f"The cursor {message}.", [FieldError("cursor", message)])
