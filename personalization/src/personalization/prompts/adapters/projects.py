"""Projects in DynamoDB: an item each, with the members in it, and a row for every list that it stands in."""

from datetime import datetime

from personalization.prompts.adapters.records import (
    EVERYBODY,
    REMOVED,
    ListedProjectRecord,
    ProjectRecord,
    RemovedProjectRecord,
)
from personalization.prompts.domain.projects import Project, ProjectPage
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import WriteRefused

_PROJECT = "project"


class DynamoProjects:
    """Writes Projects, ProjectMembers and the first answers."""

    def __init__(self, projects_table: str, members_table: str, first_answers_table: str) -> None:
        self._projects, self._listed = ProjectRecord.at(projects_table), ListedProjectRecord.at(members_table)
        self._removed = RemovedProjectRecord.at(members_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def find(self, project_id: str) -> Project | None:
        """One consistent GetItem."""
        record = self._projects.find(project_id)
        return record.to_project() if record else None

    def add(self, project: Project, first_answer: FirstAnswer | None) -> None:
        """One transaction: the project, its place in two lists, the first answer."""
        transaction = Transaction()
        transaction.save(_PROJECT, self._projects.of(project), ProjectRecord.project_id.does_not_exist())
        for member_id in _lists(project):
            transaction.save(member_id, self._listed(member_id, project.project_id))
        self._commit(transaction, first_answer)

    def replace(self, project: Project) -> None:
        """One UpdateItem, of what owners set."""
        try:
            self._projects(project.project_id).change(
                ProjectRecord.name.set(project.name),
                ProjectRecord.description.set(project.description),
                ProjectRecord.settings.set(project.settings),
                ProjectRecord.status.set(project.status.value),
                ProjectRecord.version.set(project.version),
                ProjectRecord.updated_at.set(project.updated_at),
                condition=ProjectRecord.version == project.version - 1,
            )
        except ConditionFailed as error:
            raise VersionConflict from error

    def set_members(self, project: Project, changed: str, first_answer: FirstAnswer | None) -> None:
        """One transaction: the members in the project, the row of whoever changed, the first answer."""
        transaction = Transaction()
        actions = [
            ProjectRecord.members.set(project.members),
            ProjectRecord.owner.set(project.owner),
            ProjectRecord.members_version.set(project.members_version),
        ]
        seen = ProjectRecord.members_version == project.members_version - 1
        transaction.change(_PROJECT, self._projects(project.project_id), actions, seen)
        row = self._listed(changed, project.project_id)
        if any(member.user_id == changed for member in project.members):
            transaction.save("row", row)
        else:
            transaction.remove("row", row)
        self._commit(transaction, first_answer)

    def page(self, member: str | None, after: str | None, limit: int) -> ProjectPage:
        """A consistent Query of one row more than the page, then one BatchGetItem."""
        older = ListedProjectRecord.project_id < after if after else None
        rows = select(self._listed, member or EVERYBODY, older, newest_first=True, limit=limit + 1)
        page = rows[:limit]
        found = self._projects.find_many([row.project_id for row in page])
        projects = tuple(record.to_project() for record in found)
        return ProjectPage(projects, page[-1].project_id if len(rows) > limit else None)

    def remove(self, project: Project, now: datetime) -> None:
        """One transaction: the project and all its places in lists, for one in the list of those to be erased."""
        transaction = Transaction()
        seen = ProjectRecord.members_version == project.members_version
        transaction.remove(_PROJECT, self._projects(project.project_id), seen)
        for member_id in _lists(project):
            transaction.remove(member_id, self._listed(member_id, project.project_id))
        transaction.save(REMOVED, self._removed(REMOVED, project.project_id, removed_at=now, due_at=now))
        self._commit(transaction, None)

    def _commit(self, transaction: Transaction, first_answer: FirstAnswer | None) -> None:
        self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            raise VersionConflict from error


def _lists(project: Project) -> list[str]:
    """Whose lists have the project."""
    return [EVERYBODY, *(member.user_id for member in project.members)]
