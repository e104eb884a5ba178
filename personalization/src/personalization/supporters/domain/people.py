"""People by their ids."""

from collections.abc import Mapping, Sequence
from typing import Protocol

from shared.people.person import Person


class People(Protocol):
    def find(self, user_ids: Sequence[str]) -> Mapping[str, Person]:
        """Those who have signed up, by their ids."""
        ...
