"""Runs the deployed definition of the state machine in this process, as Step Functions would.

Of the Amazon States Language it has what the definition uses; whatever else would be in it is an error. Time passes by
the clock that it is given, so waiting costs none.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import count
from typing import Any

from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT

DEFINITION = ROOT / "commerce" / "statemachines" / "checkout.asl.yaml"
WAITING = ".waitForTaskToken"

type Json = dict[str, Any]
type Task = Callable[[Json], Json | None]


@cache
def definition() -> Json:
    parsed: Json = yaml_parse(DEFINITION.read_text())
    return parsed


class Killed(BaseException):
    """The process ended at this point: nothing in it could catch that. `error` is what Lambda calls it."""

    def __init__(self, error: str = "Runtime.ExitError") -> None:
        super().__init__(error)
        self.error = error


@dataclass
class Clock:
    now: Any

    def pass_(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@dataclass
class Execution:
    """`state` is the one that it is in, None once it has ended. A token is waited for until `waits_until`."""

    clock: Clock
    tasks: Mapping[str, Task]
    checkout_id: str
    definition: Json = field(default_factory=lambda: definition())
    state: str | None = None
    data: Json = field(default_factory=dict)
    history: list[str] = field(default_factory=list)
    failure: str | None = None
    token: str | None = None
    waits_until: Any = None
    _attempts: dict[tuple[str, int], int] = field(default_factory=dict)
    _tokens: Any = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.state, self.data = self.definition["StartAt"], {"checkoutId": self.checkout_id}
        self.history.append(self.state)

    def run(self) -> None:
        """Until it ends, or waits for a token."""
        while self.state is not None and self.token is None:
            self._step(self.definition["States"][self.state])

    def succeed(self, token: str, output: Json) -> bool:
        if token != self.token:
            return False
        self.token = None
        self._enter(self.definition["States"][self.state]["Next"], output)
        return True

    def time_out(self) -> None:
        """If nobody has said anything until now."""
        if self.token is not None and self.clock.now >= self.waits_until:
            self.token = None
            self._failed(self.definition["States"][self.state], "States.Timeout")

    def _step(self, state: Json) -> None:
        match state["Type"]:
            case "Task":
                self._task(state)
            case "Choice":
                chosen = [
                    each["Next"] for each in state["Choices"] if self._value(each["Variable"]) == each["StringEquals"]
                ]
                following = chosen[0] if chosen else state.get("Default")
                if following is None:
                    self._end("States.NoChoiceMatched")
                else:
                    self._enter(following, self.data)
            case "Wait":
                self.clock.pass_(state["Seconds"])
                self._enter(state["Next"], self.data)
            case "Succeed":
                self._end(None)
            case "Fail":
                self._end(state["Error"])
            case other:
                raise NotImplementedError(other)

    def _task(self, state: Json) -> None:
        resource = state["Resource"]
        waits = resource.endswith(WAITING)
        token = f"{self.checkout_id}-{next(self._tokens)}" if waits else None
        if waits:
            self.token, self.waits_until = token, self.clock.now + timedelta(seconds=state["TimeoutSeconds"])
            target = "CreateOrder" if "sqs:" in resource else state["Parameters"]["FunctionName"].strip("${}")
            event = {**self.data, "taskToken": token}
        else:
            target, event = resource.strip("${}"), self.data
        try:
            answer = self.tasks[target](event)
        except Killed as killed:
            self._failed(state, killed.error)
        except Exception as error:  # noqa: BLE001  by its name, as Lambda hands it on
            self._failed(state, type(error).__name__)
        else:
            if not waits:
                assert answer is not None
                self._enter(state["Next"], answer)

    def _failed(self, state: Json, error: str) -> None:
        self.token = None
        name = str(self.state)
        for number, retrier in enumerate(state.get("Retry", ())):
            attempt = self._attempts.get((name, number), 0)
            if error in retrier["ErrorEquals"] and attempt < retrier["MaxAttempts"]:
                self._attempts[name, number] = attempt + 1
                pause = retrier["IntervalSeconds"] * retrier["BackoffRate"] ** attempt
                self.clock.pass_(min(pause, retrier["MaxDelaySeconds"]))
                return
        for catcher in state.get("Catch", ()):
            if error in catcher["ErrorEquals"]:
                self._enter(catcher["Next"], self.data)
                return
        self._end(error)

    def _enter(self, state: str, data: Json) -> None:
        self._attempts = {}
        self.state, self.data = state, data
        self.history.append(state)

    def _end(self, failure: str | None) -> None:
        self.state, self.failure = None, failure

    def _value(self, path: str) -> Any:
        return self.data[path.removeprefix("$.")]
