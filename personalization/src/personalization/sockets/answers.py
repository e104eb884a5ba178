"""The shapes that clients receive. `shared.json.encoding` writes them; the OpenAPI document is made of them."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # at a cold start, only what a function needs
    pass


@dataclass(frozen=True, slots=True)
class ConnectionAnswer:
    """POST /connections → 201"""

    url: str
    ticket: str
    expires_at: datetime
