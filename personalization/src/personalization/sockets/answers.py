"""What clients receive about sockets."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class ConnectionAnswer:
    url: str
    ticket: str
    expires_at: datetime
