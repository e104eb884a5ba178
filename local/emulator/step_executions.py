"""Step Functions: executions from start to end, also over a restart of the emulator."""

import contextvars
import json
import threading
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

from ministack import app
from ministack.core.responses import error_response_json, json_response, set_request_account_id, set_request_region
from ministack.services import stepfunctions as steps

from local.emulator.lambda_workers import STOPPING
from local.emulator.provisioning import Answer, Json
from local.emulator.step_tokens import stop_waiting

MAX_DATA_BYTES = 262_144

_running: dict[str, threading.Event] = {}
"""By ARN of an execution: is set when it ends, which ends its waits."""
_current: contextvars.ContextVar[threading.Event | None] = contextvars.ContextVar("execution", default=None)
_ending = threading.Lock()


class _Ended(Exception):
    """The execution ended during a wait."""


def end_executions() -> None:
    """Apply a machine's time limit, and let an execution that was aborted or timed out do nothing more."""
    stop = steps._stop_execution

    def stop_and_wake(data: Json) -> Answer:
        with _ending:
            answer: Answer = stop(data)
        if answer[0] == 200:
            _wake(data["executionArn"])
        return answer

    def wait(seconds: float) -> None:
        if (_current.get() or threading.Event()).wait(max(0, seconds * steps._SFN_WAIT_SCALE)):
            raise _Ended

    steps._run_execution, steps._stop_execution, steps._scaled_sleep = _run, stop_and_wake, wait


def resume_executions() -> None:
    """Let executions that ran when the emulator stopped enter the state again that they were in."""
    restore, after_start = steps._restore_state, app._run_ready_scripts
    interrupted: list[tuple[str, str, str]] = []

    def restore_running(data: Json | None) -> None:
        stored = (data or {}).get("executions")
        running = [key for key, execution in getattr(stored, "_data", {}).items() if execution["status"] == "RUNNING"]
        restore(data)
        for key in running:
            execution = steps._executions._data[key]
            execution.update(status="RUNNING", stopDate=None)
            del execution["error"], execution["cause"]
        interrupted.extend(running)

    async def start_and_resume() -> None:
        await after_start()
        await app._wait_for_port(int(app._resolve_port()))
        while interrupted:
            threading.Thread(target=resume, args=interrupted.pop(), daemon=True).start()

    def resume(account: str, region: str, arn: str) -> None:
        set_request_account_id(account)
        set_request_region(region)
        steps._run_execution(arn)

    steps._restore_state, app._run_ready_scripts = restore_running, start_and_resume


def start_once() -> None:
    """Answer a second start with the same name and input with the running execution, as long as it runs."""
    start = steps._start_execution

    def start_or_find(data: Json) -> Answer:
        machine = steps._resolve_state_machine_arn(data["stateMachineArn"]) or ""
        arn = f"{machine.replace(':stateMachine:', ':execution:')}:{data.get('name')}"
        existing = steps._executions.get(arn)
        answer: Answer
        if existing and existing["status"] == "RUNNING" and existing["input"] == data.get("input", "{}"):
            answer = json_response({"executionArn": arn, "startDate": existing["startDate"]})
        else:
            answer = start(data)
        return answer

    steps._start_execution = start_or_find


def limit_data() -> None:
    """Refuse inputs and outputs over 256 KB. An execution fails on them, whatever its states catch."""

    def within_limit(action: Callable[[Json], Answer], field: str) -> Callable[[Json], Answer]:
        def act_within_limit(data: Json) -> Answer:
            if len(data.get(field, "").encode()) <= MAX_DATA_BYTES:
                return action(data)
            reason = f"Member must have length less than or equal to {MAX_DATA_BYTES}"
            message = f"1 validation error detected: Value at '{field}' failed to satisfy constraint: {reason}"
            refusal: Answer = error_response_json("ValidationException", message, 400)
            return refusal

        return act_within_limit

    def small_output[**P](execute: Callable[P, tuple[Any, Any]]) -> Callable[P, tuple[Any, Any]]:
        def execute_with_small_output(*inputs: P.args, **named: P.kwargs) -> tuple[Any, Any]:
            output, following = execute(*inputs, **named)
            if len(json.dumps(output).encode()) > MAX_DATA_BYTES:
                reason = "The state returned a result with a size exceeding the maximum number of bytes service limit."
                raise steps._ExecutionError("States.DataLimitExceeded", reason)
            return output, following

        return execute_with_small_output

    steps._start_execution = within_limit(steps._start_execution, "input")
    steps._send_task_success = within_limit(steps._send_task_success, "output")
    for kind in ("pass", "task", "parallel", "map"):
        setattr(steps, f"_execute_{kind}", small_output(getattr(steps, f"_execute_{kind}")))


def _run(arn: str) -> None:
    """MiniStack's own loop, which also notes where the execution is, to go on there after a restart."""
    execution = steps._executions[arn]
    machine = steps._state_machines[execution["stateMachineArn"]]
    definition = json.loads(execution.setdefault("definition", machine["definition"]))
    started = json.loads(execution["input"])
    if "place" not in execution:
        execution["place"] = _place(definition, definition["StartAt"], started, {})
    context: Json = {
        "QueryLanguage": definition.get("QueryLanguage", "JSONPath"),
        "Execution": {
            "Id": arn,
            "Input": started,
            "Name": execution["name"],
            "RoleArn": machine["roleArn"],
            "StartTime": execution["startDate"],
        },
        "StateMachine": {"Id": execution["stateMachineArn"], "Name": machine["name"]},
        "variables": execution["place"]["variables"],
    }
    _current.set(_running.setdefault(arn, threading.Event()))
    timer = _end_in_time(execution, definition)
    try:
        while execution["status"] == "RUNNING" and not STOPPING.is_set():
            _execute_state(definition, execution, context)
    except _Ended:
        pass
    except steps._ExecutionError as error:
        _end(execution, partial(steps._fail_execution, execution, error.error, error.cause))
    except Exception as error:  # noqa: BLE001  an execution must not stay open for a fault of the emulator
        steps.logger.exception("execution %s", arn)
        _end(execution, partial(steps._fail_execution, execution, "States.Runtime", str(error)))
    finally:
        timer.cancel()
        _running.pop(arn, None)


def _place(definition: Json, name: str, data: Any, variables: Json) -> Json:
    """Where an execution is: the state that it is in, since when, and whether that is a task, which may wait."""
    is_task = definition["States"].get(name, {}).get("Type") == "Task"
    return {"state": name, "data": data, "variables": variables, "entered": steps.now_iso(), "task": is_task}


def _execute_state(definition: Json, execution: Json, context: Json) -> None:
    """Execute the state that the execution is in, and move on unless it ended meanwhile."""
    place = execution["place"]
    name, data = place["state"], place["data"]
    state = definition["States"].get(name)
    if state is None:
        raise steps._ExecutionError("States.Runtime", f"State '{name}' not found in definition")
    kind, following = state["Type"], None
    context["State"] = {"Name": name, "EnteredTime": place["entered"], "RetryCount": 0}
    entered = {"name": name, "input": json.dumps(data)}
    steps._add_event(execution, f"{kind}StateEntered", {"stateEnteredEventDetails": entered})
    match kind:
        case "Fail":
            raise steps._ExecutionError(*steps._fail_state_error(state, data, context))
        case "Succeed":
            data = steps._apply_output_path(state, steps._apply_input_path(state, data, context), context)
        case "Task" | "Parallel" | "Map":
            execute = getattr(steps, f"_execute_{kind.lower()}")
            data, following = execute(state, data, execution, context)
        case "Wait":
            data, following = steps._execute_wait(_with_deadline(state, data, context), data, context)
        case _:
            data, following = getattr(steps, f"_execute_{kind.lower()}")(state, data, context)
    if execution["status"] != "RUNNING" or STOPPING.is_set():  # a stop makes tasks fail, which then must not count
        return
    exited = {"name": name, "output": json.dumps(data)}
    steps._add_event(execution, f"{kind}StateExited", {"stateExitedEventDetails": exited})
    if following is None:
        _end(execution, partial(_succeed, execution, exited["output"]))
    else:
        execution["place"] = _place(definition, following, data, context["variables"])


def _with_deadline(state: Json, data: Any, context: Json) -> Json:
    """A wait of some seconds as one until a time, counted from when the state was entered first."""
    if context["QueryLanguage"] == "JSONata" and "Seconds" in state:
        seconds = steps._jsonata_wait_seconds(state, data, context)
    elif path := state.get("SecondsPath"):
        seconds = steps._resolve_path_or_ctx(path, steps._apply_input_path(state, data, context), context)
    elif "Seconds" in state:
        seconds = state["Seconds"]
    else:
        return state
    until = datetime.fromisoformat(context["State"]["EnteredTime"]) + timedelta(seconds=seconds)
    plain = {name: value for name, value in state.items() if name not in ("Seconds", "SecondsPath")}
    return plain | {"Timestamp": until.isoformat()}


def _end_in_time(execution: Json, definition: Json) -> threading.Timer:
    """Ends the execution at its machine's time limit, if there is one."""
    age = (datetime.now(UTC) - datetime.fromisoformat(execution["startDate"])).total_seconds()
    limit = definition.get("TimeoutSeconds")
    end = partial(contextvars.copy_context().run, _end, execution, partial(_time_out, execution))
    timer = threading.Timer(max(0, (limit or 0) - age), end)
    timer.daemon = True
    if limit:
        timer.start()
    return timer


def _end(execution: Json, end: Callable[[], object]) -> None:
    """End an execution, unless it has ended or goes on after a restart."""
    with _ending:
        if execution["status"] != "RUNNING" or STOPPING.is_set():
            return
        end()
    _wake(execution["executionArn"])


def _wake(arn: str) -> None:
    if ended := _running.get(arn):
        ended.set()
    stop_waiting(arn)


def _succeed(execution: Json, output: str) -> None:
    execution.update(status="SUCCEEDED", output=output, stopDate=steps.now_iso())
    steps._add_event(execution, "ExecutionSucceeded", {"executionSucceededEventDetails": {"output": output}})
    steps._emit_execution_status_event(execution)


def _time_out(execution: Json) -> None:
    execution.update(status="TIMED_OUT", stopDate=steps.now_iso())
    steps._add_event(execution, "ExecutionTimedOut", {"executionTimedOutEventDetails": {}})
    steps._emit_execution_status_event(execution)
