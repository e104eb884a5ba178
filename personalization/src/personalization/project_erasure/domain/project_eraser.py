"""Erases what projects that were removed have had: in passes, as long as something may still write.

A request, a run or an evaluation that had begun before may finish after a pass. So the last pass begins an hour later.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Protocol

from personalization.prompts.domain.removed_projects import RemovedProject, RemovedProjects
from shared.errors import AlmonerError
from shared.resilience.deadline import Deadline

SETTLED_AFTER = timedelta(hours=1)
"""Longer than an evaluation takes, which takes longest."""
LEASE = timedelta(minutes=6)
"""Longer than the function may run: after it, a pass that broke off is carried on by another."""

_log = logging.getLogger(__name__)  # below the service's logger, whose handler writes it


class Part(Protocol):
    """What a feature has of projects."""

    def erase_project(self, project_id: str, now: datetime, deadline: Deadline) -> bool:
        """Erase all of it; False if some is left, as time is up. May be repeated. Raises Unavailable."""
        ...


class ProjectEraser:
    def __init__(self, removed: RemovedProjects, parts: Sequence[Part], now: Callable[[], datetime]) -> None:
        self._removed, self._parts, self._now = removed, parts, now

    def erase_due(self, deadline: Deadline) -> int:
        """One pass for each project that is due; how many were. One that fails does not hold up the others.

        Raises what the last failure was, once all others have had their pass.
        """
        passes, failure = 0, None
        for removed in self._removed.all():
            if removed.due_at > self._now() or deadline.remaining_seconds <= 0:
                continue
            try:
                passes += self._pass(removed, deadline)
            except AlmonerError as error:
                _log.warning("project not erased yet", extra={"projectId": removed.project_id})
                failure = error
        if failure:
            raise failure
        return passes

    def _pass(self, removed: RemovedProject, deadline: Deadline) -> bool:
        """Whether there was one, as nobody else is at it."""
        began_at = self._now()
        leased = replace(removed, due_at=began_at + LEASE)
        if not self._removed.postpone(removed, leased.due_at):
            return False
        is_complete = all(part.erase_project(removed.project_id, began_at, deadline) for part in self._parts)
        settled_at = removed.removed_at + SETTLED_AFTER
        if is_complete and began_at >= settled_at:
            self._removed.forget(leased)
        else:
            self._removed.postpone(leased, settled_at if is_complete else self._now())
        _log.info("project erased", extra={"projectId": removed.project_id, "isComplete": is_complete})
        return True
