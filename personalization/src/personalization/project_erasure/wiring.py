"""The composition root of the erasure of projects."""

from datetime import UTC, datetime
from functools import cache

from personalization import settings
from personalization.articles import wiring as articles
from personalization.articles.adapters.erasing import ProjectArticlesErasing
from personalization.evaluations.adapters.erasing import EvaluationErasing
from personalization.project_erasure.domain.project_eraser import ProjectEraser
from personalization.prompts.domain.erasing import PromptErasing
from personalization.prompts.wiring import prompts, removed_projects, texts


@cache
def project_eraser() -> ProjectEraser:
    parts = (
        ProjectArticlesErasing(articles.session_erasing(), articles.texts()),
        EvaluationErasing(settings.Evaluations().evaluations_table),
        PromptErasing(prompts(), texts()),
    )
    return ProjectEraser(removed_projects(), parts, lambda: datetime.now(UTC))
