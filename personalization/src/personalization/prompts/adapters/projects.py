"""Projects in DynamoDB: an item each, with the members in it, and a row for every list that it stands in."""

from personalization.prompts.adapters.items import members_list, project_in, project_item, settings_map
from personalization.prompts.domain.projects import Project, ProjectPage
from shared.dynamodb.tables import ConditionFailed, Item, Table, attribute, set_to
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import rfc3339

_EVERYBODY = "*"  # the list of all projects; no user's id looks like that
_PROJECT = "project"


class DynamoProjects:
    """Writes Projects, ProjectMembers and the first answers."""

    def __init__(self, projects_table: str, members_table: str, first_answers_table: str) -> None:
        self._projects, self._members = Table(projects_table), Table(members_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def find(self, project_id: str) -> Project | None:
        """One consistent GetItem."""
        item = self._projects.get({"projectId": project_id})
        return project_in(item) if item else None

    def add(self, project: Project, first_answer: FirstAnswer | None) -> None:
        """One transaction: the project, its place in two lists, the first answer."""
        transaction = Transaction()
        transaction.put(_PROJECT, self._projects, project_item(project), attribute("projectId").missing())
        for member_id in _listed(project):
            transaction.put(member_id, self._members, _row(member_id, project))
        self._commit(transaction, first_answer)

    def replace(self, project: Project) -> None:
        """One UpdateItem, of what owners set."""
        try:
            self._projects.update(
                {"projectId": project.project_id},
                set_to("name", project.name),
                set_to("description", project.description),
                set_to("settings", settings_map(project.settings)),
                set_to("status", project.status.value),
                set_to("version", project.version),
                set_to("updatedAt", rfc3339(project.updated_at)),
                condition=attribute("version") == project.version - 1,
            )
        except ConditionFailed as error:
            raise VersionConflict from error

    def set_members(self, project: Project, changed: str, first_answer: FirstAnswer | None) -> None:
        """One transaction: the members in the project, the row of whoever changed, the first answer."""
        transaction = Transaction()
        transaction.update(
            _PROJECT,
            self._projects,
            {"projectId": project.project_id},
            [
                set_to("members", members_list(project)),
                set_to("owner", project.owner),
                set_to("membersVersion", project.members_version),
            ],
            attribute("membersVersion") == project.members_version - 1,
        )
        if any(member.user_id == changed for member in project.members):
            transaction.put("row", self._members, _row(changed, project))
        else:
            transaction.delete("row", self._members, _row(changed, project))
        self._commit(transaction, first_answer)

    def page(self, member: str | None, after: str | None, limit: int) -> ProjectPage:
        """A consistent Query of one row more than the page, then one BatchGetItem."""
        keys = attribute("memberId") == (member or _EVERYBODY)
        if after:
            keys &= attribute("projectId") < after
        rows = self._members.query(keys, newest_first=True, limit=limit + 1)
        page = rows[:limit]
        found = self._projects.get_many([{"projectId": row["projectId"]} for row in page])
        return ProjectPage(tuple(map(project_in, found)), page[-1]["projectId"] if len(rows) > limit else None)

    def remove(self, project: Project) -> None:
        """One transaction: the project and all its places in lists."""
        transaction = Transaction()
        seen = attribute("membersVersion") == project.members_version
        transaction.delete(_PROJECT, self._projects, {"projectId": project.project_id}, seen)
        for member_id in _listed(project):
            transaction.delete(member_id, self._members, _row(member_id, project))
        self._commit(transaction, None)

    def _commit(self, transaction: Transaction, first_answer: FirstAnswer | None) -> None:
        self._first_answers.record(first_answer, transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except Cancelled as cancelled:
            raise VersionConflict from cancelled


def _listed(project: Project) -> list[str]:
    return [_EVERYBODY, *(member.user_id for member in project.members)]


def _row(member_id: str, project: Project) -> Item:
    return {"memberId": member_id, "projectId": project.project_id}
