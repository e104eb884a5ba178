"""People as those see them who work with them: by name and address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Person:
    user_id: str
    name: str
    email: str


class People(Protocol):
    def find(self, user_ids: Sequence[str]) -> Mapping[str, Person]:
        """Those who have signed up, by their ids."""
        ...
