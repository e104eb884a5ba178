"""The composition root of prompt projects: of their routes, of the sweep, and of whoever needs their cards."""

from functools import cache

from personalization import settings
from personalization.prompts.adapters.projects import DynamoProjects
from personalization.prompts.adapters.prompts import DynamoPrompts
from personalization.prompts.adapters.removed_projects import DynamoRemovedProjects
from personalization.prompts.adapters.texts import S3Texts
from personalization.prompts.domain.cards import Cards, ProjectCards
from personalization.prompts.domain.editing import PromptService
from personalization.prompts.domain.membership import MemberService
from personalization.prompts.domain.projects import ProjectService
from personalization.prompts.domain.sweeping import Sweeper
from personalization.supporters.wiring import people
from shared.dynamodb.connection import readers
from shared.http.cursors import Cursors
from shared.idempotency.claims import FirstAnswers
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id


@cache
def projects() -> DynamoProjects:
    tables = settings.Prompts()
    return DynamoProjects(tables.projects_table, tables.project_members_table, tables.idempotency_table)


@cache
def removed_projects() -> DynamoRemovedProjects:
    return DynamoRemovedProjects(settings.Prompts().project_members_table)


@cache
def prompts() -> DynamoPrompts:
    tables = settings.Prompts()
    return DynamoPrompts(
        tables.projects_table, tables.prompts_table, tables.prompt_history_table, tables.idempotency_table
    )


@cache
def texts() -> S3Texts:
    return S3Texts(settings.Prompts().prompt_texts_bucket)


@cache
def project_service() -> ProjectService:
    return ProjectService(projects(), new_id)


@cache
def member_service() -> MemberService:
    return MemberService(projects(), people())


@cache
def prompt_service() -> PromptService:
    return PromptService(
        project_access=project_service(), prompts=prompts(), texts=texts(), new_id=new_id, readers=readers
    )


@cache
def cards() -> Cards:
    """What is in production stays in the warm function until it changes."""
    return ProjectCards(prompts(), texts(), readers)


@cache
def sweeper() -> Sweeper:
    return Sweeper(prompts(), texts())


@cache
def first_answers() -> FirstAnswers:
    return DynamoFirstAnswers(settings.Prompts().idempotency_table)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)
