"""What clients say over their sockets, and how it is answered."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from communications.inbox.domain.inbox import Inbox, catch_up
from shared.auth.access import Access
from shared.http.bodies import checked
from shared.runs.run import Sender
from shared.sockets.connections import Connection
from shared.sockets.router import Action, ActionRouter

MAX_SEQ = 10**12
_PAGE = 200  # frames, each of which is a call


class Since(Action):
    """Everything after this number, the last that the client has; 0 if it has nothing."""

    action: Literal["since"]
    seq: Annotated[int, Field(ge=0, le=MAX_SEQ)]


class InboxRouter(ActionRouter):
    """Sockets get what happens by themselves: all they say is what they have, and that they are there."""

    ACTIONS = ("since", "ping")

    def __init__(self, *, sender: Sender, access: Access, inbox: Inbox, now: Callable[[], datetime]) -> None:
        super().__init__(sender=sender, access=access, now=now)
        self._inbox = inbox

    def act(self, connection: Connection, message: Mapping[str, Any]) -> None:
        """One GetItem; for `since` also a Query, and a call for each frame, 200 at most."""
        user_id = connection.caller.user_id
        match message.get("action"):
            case "ping":
                # the number, so that a client finds out that it has missed the last frame
                self._send(connection, {"type": "pong", "seq": self._inbox.head(user_id).last_seq})
            case "since":
                since = checked(Since, message)
                for frame in catch_up(self._inbox, user_id, since.seq, self._now(), _PAGE):
                    if not self._send(connection, frame):
                        break
            case _:
                raise self.no_such_action()

    def _send(self, connection: Connection, frame: Mapping[str, Any]) -> bool:
        return self._sender.send(connection.connection_id, frame)
