"""Erases all that a project has in the table of evaluations."""

from datetime import datetime

from personalization.evaluations.adapters.records import ProjectRow
from shared.dynamodb.connection import readers
from shared.dynamodb.records import select
from shared.resilience.deadline import Deadline

_PAGE = 500


class EvaluationErasing:
    def __init__(self, table: str) -> None:
        self._rows = ProjectRow.at(table)

    def erase_project(self, project_id: str, now: datetime, deadline: Deadline) -> bool:  # noqa: ARG002  the protocol's
        """A query and the deletes for each five hundred rows."""
        keys = [ProjectRow.project_id, ProjectRow.item]
        while rows := select(self._rows, project_id, limit=_PAGE, attributes=keys):
            if deadline.remaining_seconds <= 0:
                return False
            list(readers().map(lambda row: row.remove(), rows))
        return True
