"""Step Functions: tasks that wait for a token, and the time limits of tasks."""

import base64
import contextvars
import json
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from ministack.core import iam_actions
from ministack.core.responses import error_response_json
from ministack.services import stepfunctions as steps

from local.emulator.provisioning import Answer, Json

type Evaluation = Callable[[Json, Any, Json | None], Any]

WAITING = ".waitForTaskToken"
LIMITS = ("TimeoutSeconds", "HeartbeatSeconds")
NO_LIMIT_SECONDS = 99_999_999
TIME_OUTS = ("States.Timeout", "States.HeartbeatTimeout")


def wait_for_tokens() -> None:
    """Give each attempt a token of its own, and end its wait by whatever comes first.

    That is an answer, the failure of the call that carries the token, a missing heartbeat or the task's time limit.
    MiniStack retries with the same token and ignores the failure, heartbeats and limits that are paths.
    """
    task, add_event = steps._execute_task, steps._add_event

    def execute_with_limits(state: Json, data: Any, execution: Json, context: Json) -> Any:
        limits = {
            name: _limit(state, name, data, context) for name in LIMITS if name in state or f"{name}Path" in state
        }
        return task(state | limits, data, execution, context)

    def add_time_out(execution: Json, kind: str, details: Json | None = None) -> Any:
        failure = (details or {}).get("taskFailedEventDetails", {})
        if failure.get("error") in TIME_OUTS:
            kind, details = "TaskTimedOut", {"taskTimedOutEventDetails": failure}
        return add_event(execution, kind, details)

    steps._apply_parameters = _with_new_token(steps._apply_parameters)
    steps._apply_jsonata_arguments = _with_new_token(steps._apply_jsonata_arguments)
    steps._execute_task, steps._add_event = execute_with_limits, add_time_out
    steps._invoke_with_callback = _wait_for_token
    for name in ("_send_task_success", "_send_task_failure", "_send_task_heartbeat"):
        setattr(steps, name, _for_open_tasks(getattr(steps, name)))


def authorize_answers() -> None:
    """Hold who answers a task to a permission for the token's state machine; MiniStack wants one for all resources."""
    resource_of = iam_actions.extract_resource_arn

    def machine_or_resource_of(service: str, method: str, path: str, headers: Any, body: bytes, *others: Any) -> str:
        if service == "states" and (token := iam_actions._safe_json_field(body, "taskToken")):
            execution = _execution_of(token)
            return execution.rpartition(":")[0].replace(":execution:", ":stateMachine:") if execution else "*"
        return str(resource_of(service, method, path, headers, body, *others))

    iam_actions.extract_resource_arn = machine_or_resource_of


def stop_waiting(execution_arn: str) -> None:
    """End the waits of an execution that has ended."""
    for token in list(steps._task_tokens):
        if _execution_of(token) == execution_arn:
            steps._task_tokens[token]["event"].set()


def _with_new_token(evaluate: Evaluation) -> Evaluation:
    """A task's parameters, which are evaluated for each attempt, see a token of this attempt."""

    def evaluate_with_new_token(state: Json, data: Any, context: Json | None = None) -> Any:
        if context and WAITING in state.get("Resource", ""):
            content = {"execution": context["Execution"]["Id"], "attempt": steps.new_uuid()}
            context["Task"] = {"Token": base64.urlsafe_b64encode(json.dumps(content).encode()).decode()}
        return evaluate(state, data, context)

    return evaluate_with_new_token


def _execution_of(token: str) -> str | None:
    """The ARN of the execution that issued a token, also of one that is over; None if it is not a token."""
    try:
        return str(json.loads(base64.urlsafe_b64decode(token))["execution"])
    except (ValueError, LookupError, TypeError):
        return None


def _limit(state: Json, name: str, data: Any, context: Json) -> Any:
    if path := state.get(f"{name}Path"):
        return steps._resolve_path_or_ctx(path, data, context)
    return (
        steps._jsonata_state_field(state, name, "number", data, context)
        if isinstance(state[name], str)
        else state[name]
    )


def _wait_for_token(resource: str, data: Any, token: str, state: Json) -> Any:
    """The task's output. A task that waited when the emulator stopped waits on, for the token that it had."""
    execution = steps._executions[_execution_of(token)]
    waiting = _waiting(execution, token, state)
    pending: Json = {"event": threading.Event(), "result": None, "error": None, "heartbeat": None}
    steps._task_tokens[waiting["token"]] = pending
    try:
        if waiting["token"] == token:
            call = partial(contextvars.copy_context().run, _call, resource.replace(WAITING, ""), data, pending)
            threading.Thread(target=call, daemon=True).start()
        _wait(pending, waiting["until"], state.get("HeartbeatSeconds", NO_LIMIT_SECONDS))
    finally:
        del steps._task_tokens[waiting["token"]]
        waiting.clear()
    if pending["result"] is None:
        error = pending["error"] or {"Error": "States.Runtime", "Cause": f"execution {execution['status']}"}
        raise steps._ExecutionError(error["Error"], error["Cause"])
    return json.loads(pending["result"])


def _waiting(execution: Json, token: str, state: Json) -> Json:
    """The token that is waited for, and until when in seconds of the epoch; kept where the execution goes on."""
    place = execution.get("place", {})
    waiting: Json = place.setdefault("waiting", {}) if place.get("task") else {}
    if not waiting:
        waiting.update(token=token, until=time.time() + state.get("TimeoutSeconds", NO_LIMIT_SECONDS))
    return waiting


def _call(resource: str, data: Any, pending: Json) -> None:
    """Make the call that carries the token. Its failure is the task's, unless the answer was faster."""
    try:
        steps._invoke_resource(resource, data)
    except steps._ExecutionError as failure:
        pending["error"] = pending["error"] or {"Error": failure.error, "Cause": failure.cause}
        pending["event"].set()


def _wait(pending: Json, until: float, heartbeat_seconds: float) -> None:
    pending["heartbeat"] = time.time()
    while True:
        next_beat = pending["heartbeat"] + heartbeat_seconds
        if pending["event"].wait(max(0, min(until, next_beat) - time.time())):
            return
        if time.time() >= until:
            raise steps._ExecutionError("States.Timeout", "")
        if time.time() >= pending["heartbeat"] + heartbeat_seconds:
            raise steps._ExecutionError("States.HeartbeatTimeout", "")


def _for_open_tasks(send: Callable[[Json], Answer]) -> Callable[[Json], Answer]:
    """Refuse the tokens of tasks that are over, and what never was a token."""

    def send_if_open(data: Json) -> Answer:
        token = data["taskToken"]
        pending = steps._task_tokens.get(token)
        answer: Answer
        if pending and not pending["event"].is_set():
            answer = send(data)
            if pending["heartbeat"] is not None and not pending["event"].is_set():
                pending["heartbeat"] = time.time()
        elif pending or _execution_of(token):
            message = "Task Timed Out: 'Provided task does not exist anymore'"
            answer = error_response_json("TaskTimedOut", message, 400)
        else:
            answer = error_response_json("InvalidToken", "Invalid Token: 'Invalid token'", 400)
        return answer

    return send_if_open
