"""The composition root of versions and labels."""

from functools import cache

from personalization.evaluations import wiring as evaluations
from personalization.prompts import wiring as prompts
from personalization.prompts.wiring import cursors
from personalization.versions.domain.promotion import VersionDesk
from shared.dynamodb.tables import readers
from shared.ids import new_id

__all__ = ["cursors", "version_desk"]


@cache
def version_desk() -> VersionDesk:
    return VersionDesk(
        prompts.project_desk(), prompts.prompts(), prompts.texts(), evaluations.promotion(), new_id, readers
    )
