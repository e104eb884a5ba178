"""What is left of a project's budget today, and of that of one of its users."""

from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import UTC, datetime

from personalization.articles.domain.budget import Balance, Budgets, renewed_at
from personalization.articles.domain.starting import Terms
from personalization.prompts.domain.editing import ProjectAccess
from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller


@dataclass(frozen=True, slots=True)
class Balances:
    """Of a project and of whoever asks, until `renews_at`."""

    project: Balance
    user: Balance
    renews_at: datetime


class BudgetService:
    def __init__(
        self, *, project_access: ProjectAccess, platform: Terms, budgets: Budgets, readers: Callable[[], Executor]
    ) -> None:
        self._project_access, self._platform = project_access, platform
        self._budgets, self._readers = budgets, readers

    def read(self, caller: Caller, project_id: str, now: datetime) -> Balances:
        """One round of three reads. Raises NotFound for non-members."""
        day = now.astimezone(UTC).date()
        reading_project = self._readers().submit(self._budgets.of_project, project_id, day)
        reading_user = self._readers().submit(self._budgets.of_user, project_id, caller.user_id, day)
        project = self._project_access.authorize(caller, project_id, Role.VIEWER)
        allowance = self._platform.with_settings(project.settings).allowance
        return Balances(
            project=Balance.of(allowance.project, reading_project.result()),
            user=Balance.of(allowance.user, reading_user.result()),
            renews_at=renewed_at(now),
        )
