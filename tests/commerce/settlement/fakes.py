"""Events that have been worked on, in memory."""

from datetime import datetime

from shared.errors import Unavailable


class FakeSettledEvents:
    def __init__(self) -> None:
        self.ids: set[str] = set()
        self.is_out_of_reach = False

    def has(self, event_id: str, now: datetime) -> bool:  # noqa: ARG002
        if self.is_out_of_reach:
            raise Unavailable("It is out of reach.")
        return event_id in self.ids

    def add(self, event_id: str, now: datetime) -> None:  # noqa: ARG002
        self.ids.add(event_id)
