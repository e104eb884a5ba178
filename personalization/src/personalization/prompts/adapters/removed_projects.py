"""Projects that were removed: a list in the table that lists projects for their members."""

from collections.abc import Sequence
from datetime import datetime

from personalization.prompts.adapters.records import REMOVED, RemovedProjectRecord
from personalization.prompts.domain.removed_projects import RemovedProject
from shared.dynamodb.records import ConditionFailed, select


class DynamoRemovedProjects:
    def __init__(self, members_table: str) -> None:
        self._removed = RemovedProjectRecord.at(members_table)

    def all(self) -> Sequence[RemovedProject]:
        """One consistent Query."""
        found = select(self._removed, REMOVED)
        return [RemovedProject(each.project_id, each.removed_at, each.due_at) for each in found]

    def postpone(self, removed: RemovedProject, due_at: datetime) -> bool:
        """One conditional update."""
        unchanged = RemovedProjectRecord.due_at == removed.due_at
        try:
            self._removed(REMOVED, removed.project_id).change(
                RemovedProjectRecord.due_at.set(due_at), condition=unchanged
            )
        except ConditionFailed:
            return False
        return True

    def forget(self, removed: RemovedProject) -> None:
        self._removed(REMOVED, removed.project_id).remove()
