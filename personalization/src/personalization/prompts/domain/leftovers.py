"""What is left behind when a prompt is removed: nobody sees it, and it is removed at once if possible."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager

from shared.errors import Unavailable

_log = logging.getLogger(__name__)  # below the service's logger, whose handler writes it


@contextmanager
def leaving_leftovers_to_the_sweep(project_id: str) -> Iterator[None]:
    """Clear what nobody sees any more. If that fails, the request that removed it succeeds all the same."""
    try:
        yield
    except Unavailable:
        _log.warning("leftovers stay until the next sweep", extra={"projectId": project_id})
