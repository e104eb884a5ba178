"""What stays behind when a prompt or a project is removed: nobody sees it, and it goes at once if it can."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Protocol

from shared.errors import Unavailable
from shared.observability.logs import logger


class Leftovers(Protocol):
    def clear_project(self, project_id: str) -> None:
        """Remove what belonged to a project that is gone: prompts, versions, texts."""
        ...


@contextmanager
def left_to_the_sweeper(project_id: str) -> Iterator[None]:
    """Clear up what nobody sees any more. What cannot be cleared now is no failure of the request that removed it."""
    try:
        yield
    except Unavailable:
        logger.warning("leftovers stay until the next sweep", extra={"projectId": project_id})
