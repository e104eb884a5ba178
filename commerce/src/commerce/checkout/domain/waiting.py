"""Whoever waits with a task token, as the state machine of checkouts does."""

from collections.abc import Mapping
from typing import Protocol


class Waiting(Protocol):
    def resume(self, task_token: str, output: Mapping[str, str]) -> bool:
        """Have it go on with this; False where nobody waits with the token any more. Raises Unavailable."""
        ...
