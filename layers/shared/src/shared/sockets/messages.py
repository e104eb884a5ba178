"""The actions of a socket that follows runs: ping, part, resume and stop, and message, which the context answers."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from shared.auth.access import Access
from shared.errors import FieldError, Invalid
from shared.http.bodies import checked
from shared.http.fields import MessageId
from shared.http.forms import Form
from shared.runs.run import Accepted, Run, Sender
from shared.runs.service import RunService
from shared.sockets.connections import Connection, Part, Parts
from shared.sockets.router import Action, ActionRouter, read_message

_MAX_PARTS = 64

type RunId = Annotated[str, Form(r"[A-Za-z0-9-]{1,64}", "the runId of a message that was accepted")]
type Accept = Callable[[Connection, Mapping[str, Any], Callable[[Run], None]], None]
"""What a context does with `message`: it starts a run, and announces it. Raises AlmonerError."""


class Resume(Action):
    action: Literal["resume"]
    run_id: RunId
    after: Annotated[int, Field(ge=0, le=1_000_000)] = 0


class Stop(Action):
    action: Literal["stop"]
    run_id: RunId


class SendPart(Action):
    action: Literal["part"]
    message_id: MessageId
    index: Annotated[int, Field(ge=0, lt=_MAX_PARTS)]
    count: Annotated[int, Field(ge=1, le=_MAX_PARTS)]
    data: str

    def to_part(self) -> Part:
        return Part(self.message_id, self.index, self.count, self.data)


class SocketRouter(ActionRouter):
    """Routes the messages of sockets that follow runs."""

    ACTIONS = ("message", "resume", "stop", "ping", "part")

    def __init__(
        self,
        *,
        sender: Sender,
        runs: RunService,
        access: Access,
        parts: Parts,
        accept: Accept,
        now: Callable[[], datetime],
    ) -> None:
        super().__init__(sender=sender, access=access, now=now)
        self._runs, self._parts, self._accept = runs, parts, accept

    def act(self, connection: Connection, message: Mapping[str, Any]) -> None:
        match message.get("action"):
            case "ping":
                self._sender.send(connection.connection_id, {"type": "pong"})
            case "message":
                self._accept(connection, message, lambda run: self._announce(connection, run))
            case "resume":
                self._resume(connection, checked(Resume, message))
            case "stop":
                self._stop(connection, checked(Stop, message))
            case "part":
                self._collect(connection, checked(SendPart, message).to_part())
            case _:
                raise self.no_such_action()

    def _announce(self, connection: Connection, run: Run) -> None:
        self._sender.send(connection.connection_id, {"type": "accepted", **Accepted.of(run).message})

    def _resume(self, connection: Connection, resume: Resume) -> None:
        run = self._runs.find_own(resume.run_id, connection.caller.user_id)
        self._runs.follow(run, connection.connection_id, after=resume.after)

    def _stop(self, connection: Connection, stop: Stop) -> None:
        """Whoever follows a run that is open hears of its end as of every frame; everybody else here."""
        run = self._runs.find_own(stop.run_id, connection.caller.user_id)
        frame = self._runs.stop(run)
        if not run.is_open or connection.connection_id not in run.followers:
            self._sender.send(connection.connection_id, frame.message)

    def _collect(self, connection: Connection, part: Part) -> None:
        if part.index >= part.count:
            raise Invalid(
                "A part's index must be less than its count.", [FieldError("index", "must be less than count")]
            )
        data = self._parts.add(connection.connection_id, part, self._now())
        if data is None:
            return
        message = read_message(data)
        if message.get("action") == "part":
            raise Invalid("Parts must not make another part.", [FieldError("action", "must not be part")])
        self.act(connection, {"messageId": part.message_id, **message})
