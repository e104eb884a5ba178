"""Text that is handed out and comes back unchanged, or not at all: readable by everybody, made by nobody else.

A seal holds the text, signed together with its scope, the use that it is meant for: one made for another use or by
another hand is refused.
"""

import base64
import binascii
import hashlib
import hmac

_SIGNATURE_BYTES = 16


class BrokenSeal(Exception):
    """Not made here, not for this use, or changed since."""


class Seals:
    """Makes and reads seals with one secret key."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def make(self, scope: str, text: str) -> str:
        """Letters, digits, `-` and `_`: it fits into a URL or a header as it is."""
        payload = text.encode()
        return _spelled(self._sign(scope, payload) + payload)

    def read(self, scope: str, seal: str) -> str:
        """The text that `make` was given. Raises BrokenSeal."""
        try:
            decoded = base64.b64decode(seal + "=" * (-len(seal) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError) as error:
            raise BrokenSeal from error
        signature, payload = decoded[:_SIGNATURE_BYTES], decoded[_SIGNATURE_BYTES:]
        if _spelled(decoded) != seal or not hmac.compare_digest(signature, self._sign(scope, payload)):
            raise BrokenSeal
        return payload.decode()

    def _sign(self, scope: str, payload: bytes) -> bytes:
        name = scope.encode(errors="surrogatepass")
        message = len(name).to_bytes(4) + name + payload
        return hmac.digest(self._key, message, hashlib.sha256)[:_SIGNATURE_BYTES]


def _spelled(signed: bytes) -> str:
    return base64.urlsafe_b64encode(signed).rstrip(b"=").decode()
