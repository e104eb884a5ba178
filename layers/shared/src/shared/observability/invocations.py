"""What every function is wrapped in: each log line names the invocation, and X-Ray sees it where tracing is on."""

from collections.abc import Callable
from typing import Any

from shared.observability.logs import logger
from shared.observability.tracing import traced

type Handler[E, R] = Callable[[E, Any], R]


def observed[E, R](correlation_id_path: str | None = None) -> Callable[[Handler[E, R]], Handler[E, R]]:
    """Decorate a Lambda handler.

    `correlation_id_path` is where the event says which request or event it is, in JMESPath: Powertools'
    `correlation_paths` has the usual ones. Lines of an invocation keep nothing of the one before.
    """

    def decorate(handler: Handler[E, R]) -> Handler[E, R]:
        return logger.inject_lambda_context(traced(handler), correlation_id_path=correlation_id_path, clear_state=True)

    return decorate
