"""Reads what comes over a socket, and answers errors: a message that cannot be carried out leaves the socket open."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict
from pydantic.alias_generators import to_camel

from shared.auth.access import Access
from shared.errors import AlmonerError, FieldError, Invalid, Malformed, TooLarge
from shared.http.problems import problem_of
from shared.json.strict import parse_utf_16, refuse_lone_surrogates
from shared.observability.logs import logger, without_message
from shared.runs.run import Sender
from shared.sockets.connections import MAX_MESSAGE_BYTES, Connection, connection_of


class Action(BaseModel):
    """What a message says: `{"action": "stop", "runId": "…"}`."""

    model_config = ConfigDict(extra="forbid", strict=True, alias_generator=to_camel)


class ActionRouter(ABC):
    """Routes the messages of a context's sockets by their action."""

    ACTIONS: ClassVar[tuple[str, ...]]

    def __init__(self, *, sender: Sender, access: Access, now: Callable[[], datetime]) -> None:
        self._sender, self._access, self._now = sender, access, now

    @abstractmethod
    def act(self, connection: Connection, message: Mapping[str, Any]) -> None:
        """Carry out one of ACTIONS. Raises AlmonerError; Invalid for an action that `no_such_action` makes."""

    def receive(self, event: Mapping[str, Any]) -> None:
        """Carry out a message. Raises Unavailable only if not even an error can be sent."""
        connection_id = event["requestContext"]["connectionId"]
        try:
            connection = connection_of(event)
            with self._access.required(connection.caller, self._now()):
                self.act(connection, read_message(str(event.get("body") or "")))
        except AlmonerError as error:
            logger.info("message refused", extra={"error": type(error).__name__})
            self._refuse(connection_id, error)
        except Exception as error:  # noqa: BLE001  the last resort: the client gets an error, the log the trace
            logger.error("message failed", extra=without_message(error))
            self._refuse(connection_id, None)

    def no_such_action(self) -> Invalid:
        actions = ", ".join(self.ACTIONS)
        return Invalid("There is no such action.", [FieldError("action", f"must be one of {actions}")])

    def _refuse(self, connection_id: str, error: AlmonerError | None) -> None:
        self._sender.send(connection_id, {"type": "error", **problem_of(error)})


def read_message(text: str) -> Mapping[str, Any]:
    """Raises Malformed or TooLarge."""
    body = text.encode(errors="surrogatepass")
    if len(body) > MAX_MESSAGE_BYTES:
        raise TooLarge(f"A message may have at most {MAX_MESSAGE_BYTES:,} bytes; this one has {len(body):,}.")
    message = parse_utf_16(body)
    if not isinstance(message, dict):
        raise Malformed('A message must be a JSON object with an action, such as {"action": "ping"}.')
    is_part = message.get("action") == "part"  # whose data may be cut within a character: it is checked once joined
    refuse_lone_surrogates({**message, "data": ""} if is_part else message)
    return message
