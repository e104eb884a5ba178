"""The composition root of versions and labels."""

from functools import cache

from personalization.evaluations import wiring as evaluations
from personalization.prompts import wiring as prompts
from personalization.prompts.wiring import cursors
from personalization.versions.domain.promotion import VersionService
from shared.dynamodb.connection import readers
from shared.ids import new_id

__all__ = ["cursors", "version_service"]


@cache
def version_service() -> VersionService:
    return VersionService(
        project_access=prompts.project_service(),
        prompts=prompts.prompts(),
        texts=prompts.texts(),
        evaluations=evaluations.promotion(),
        new_id=new_id,
        readers=readers,
    )
