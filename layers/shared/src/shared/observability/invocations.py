"""What every function is wrapped in: each log line names the invocation, and X-Ray sees it where tracing is on.

Lambda writes the text of an exception that a handler raises to the log, and passes it to whoever called the function.
It may hold personal data, so only its name leaves the handler.
"""

import functools
from collections.abc import Callable
from typing import Any

from shared.errors import PublicError
from shared.observability.logs import logger, without_message
from shared.observability.tracing import traced

type Handler[E, R] = Callable[[E, Any], R]


class InvocationFailed(Exception):
    """What any other error becomes. It has that error's name, which state machines match."""

    def __init__(self) -> None:
        super().__init__('The log line "invocation failed" says where.')


def observed[E, R](correlation_id_path: str | None = None) -> Callable[[Handler[E, R]], Handler[E, R]]:
    """Decorate a Lambda handler.

    `correlation_id_path` is where the event says which request or event it is, in JMESPath: Powertools'
    `correlation_paths` has the usual ones. Lines of an invocation keep nothing of the one before.
    """

    def decorate(handler: Handler[E, R]) -> Handler[E, R]:
        return logger.inject_lambda_context(
            traced(_without_messages(handler)), correlation_id_path=correlation_id_path, clear_state=True
        )

    return decorate


def _without_messages[E, R](handler: Handler[E, R]) -> Handler[E, R]:
    @functools.wraps(handler)
    def handle(event: E, context: Any) -> R:
        try:
            return handler(event, context)
        except PublicError:
            raise
        except Exception as error:  # noqa: BLE001  whatever it is, the invocation fails
            logger.error("invocation failed", extra=without_message(error))
            failure = type(type(error).__name__, (InvocationFailed,), {})
        raise failure  # here, so that it does not carry the other as its context

    return handle
