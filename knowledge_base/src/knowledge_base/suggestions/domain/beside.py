"""Suggestions beside something that is read at the same time, which is there without them."""

from collections.abc import Callable
from concurrent.futures import Executor

from knowledge_base.suggestions.domain.suggesting import Suggestion
from shared.errors import Unavailable
from shared.observability.logs import logger


def beside_suggestions[T](
    threads: Executor, suggest: Callable[[], tuple[Suggestion, ...]], read: Callable[[], T]
) -> tuple[T, tuple[Suggestion, ...]]:
    """What `read` reads, and what is suggested: nothing while the knowledge base does not answer."""
    suggesting = threads.submit(suggest)
    found = read()
    try:
        return found, suggesting.result()
    except Unavailable:
        logger.warning("no suggestions: the knowledge base does not answer")
        return found, ()
