"""Addresses that lead a reply to its ticket, whatever the mail program does to subject and headers.

`help+{ticket}{signature}@example.org`, in base32 and lower case, as mail servers need not keep the case. The signature
shows that whoever writes there has got a mail about this ticket; it says nothing about who they are.
"""

import base64
import binascii
import hashlib
import hmac
import uuid
from dataclasses import dataclass

_SIGNATURE_BYTES = 10
_CONTEXT = b"help desk reply address\n"


@dataclass(frozen=True, slots=True)
class ReplyAddresses:
    """`address` is the help desk's own, such as help@example.org; `key` is secret."""

    address: str
    key: str

    @property
    def domain(self) -> str:
        return self.address.rpartition("@")[2].lower()

    def of_ticket(self, ticket_id: str) -> str:
        """Of at most 64 characters before the @ as long as the help desk's own has at most 21."""
        ticket = uuid.UUID(ticket_id).bytes
        local, _, domain = self.address.rpartition("@")
        return f"{local}+{base64.b32encode(ticket + self._signature(ticket)).decode().rstrip('=').lower()}@{domain}"

    def ticket_of(self, address: str) -> str | None:
        """None for an address that was not made here."""
        local, _, domain = address.lower().rpartition("@")
        own = self.address.rpartition("@")[0].lower()
        prefix, _, token = local.partition("+")
        if prefix != own or domain != self.domain:
            return None
        try:
            signed = base64.b32decode(token.upper() + "=" * (-len(token) % 8))
        except (binascii.Error, ValueError):
            return None
        ticket, signature = signed[:16], signed[16:]
        if not hmac.compare_digest(signature, self._signature(ticket)):
            return None
        return str(uuid.UUID(bytes=ticket))

    def _signature(self, ticket: bytes) -> bytes:
        return hmac.digest(self.key.encode(), _CONTEXT + ticket, hashlib.sha256)[:_SIGNATURE_BYTES]
