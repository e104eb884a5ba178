"""The composition root of prompt projects: of their routes, of the sweep, and of whoever needs their cards."""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from shared.settings import from_environment, read_at_start

if TYPE_CHECKING:  # at a cold start, only what a function needs
    from personalization.adapters.prompts.projects import DynamoProjects
    from personalization.adapters.prompts.prompts import DynamoPrompts
    from personalization.adapters.prompts.texts import S3Texts
    from personalization.domain.prompts.cards import Cards
    from personalization.domain.prompts.editing import PromptDesk
    from personalization.domain.prompts.projects import ProjectDesk
    from personalization.domain.prompts.promotion import VersionDesk
    from personalization.domain.prompts.sweeping import Sweeper


@dataclass(frozen=True)
class Settings:
    projects_table: str
    project_members_table: str
    prompts_table: str
    prompt_history_table: str
    prompt_texts_bucket: str
    idempotency_table: str


@read_at_start
def settings() -> Settings:
    return from_environment(Settings)


@cache
def projects() -> "DynamoProjects":
    from personalization.adapters.prompts.projects import DynamoProjects

    known = settings()
    return DynamoProjects(known.projects_table, known.project_members_table, known.idempotency_table)


@cache
def prompts() -> "DynamoPrompts":
    from personalization.adapters.prompts.prompts import DynamoPrompts

    known = settings()
    return DynamoPrompts(known.projects_table, known.prompts_table, known.prompt_history_table, known.idempotency_table)


@cache
def texts() -> "S3Texts":
    from personalization.adapters.prompts.texts import S3Texts

    return S3Texts(settings().prompt_texts_bucket)


@cache
def project_desk() -> "ProjectDesk":
    from personalization.domain.prompts.projects import ProjectDesk
    from shared.ids import new_id

    return ProjectDesk(projects(), sweeper(), new_id)


@cache
def prompt_desk() -> "PromptDesk":
    from personalization.domain.prompts.editing import PromptDesk
    from shared.dynamodb import readers
    from shared.ids import new_id

    return PromptDesk(project_desk(), prompts(), texts(), new_id, readers)


@cache
def version_desk() -> "VersionDesk":
    from personalization import evaluation_stores
    from personalization.domain.prompts.promotion import VersionDesk
    from shared.dynamodb import readers
    from shared.ids import new_id

    return VersionDesk(project_desk(), prompts(), texts(), evaluation_stores.promotion(), new_id, readers)


@cache
def cards() -> "Cards":
    """What `production` points at stays known to the warm function for half a minute."""
    from personalization.domain.prompts.cards import ProjectCards
    from shared.dynamodb import readers

    return ProjectCards(prompts(), texts(), readers)


@cache
def sweeper() -> "Sweeper":
    from personalization.domain.prompts.sweeping import Sweeper

    return Sweeper(projects(), prompts(), texts())
