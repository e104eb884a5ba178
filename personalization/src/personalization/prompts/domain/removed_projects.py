"""Projects that were removed, as long as something that they had may be left."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RemovedProject:
    """`due_at`: when the next pass may begin."""

    project_id: str
    removed_at: datetime
    due_at: datetime


class RemovedProjects(Protocol):
    def all(self) -> Sequence[RemovedProject]:
        """Those that were removed and not forgotten."""
        ...

    def postpone(self, removed: RemovedProject, due_at: datetime) -> bool:
        """Whether nobody else has postponed or forgotten it in the meantime."""
        ...

    def forget(self, removed: RemovedProject) -> None: ...
