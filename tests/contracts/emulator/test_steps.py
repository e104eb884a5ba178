"""State machines, queues and schedules."""

import json
from typing import Any

import pytest

from tests.contracts.emulator.aws import eventually, unique
from tests.contracts.emulator.live_stack import Live

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]


def execute(live: Live, *items: int) -> Any:
    """Let a function start an execution for these items; returns the finished execution."""
    started, failed = live.aws.invoke(live.outputs["EnqueueFunction"], {"items": [{"item": item} for item in items]})
    assert not failed, started
    steps = live.aws.client("stepfunctions")

    def ended() -> Any:
        execution = steps.describe_execution(executionArn=started["execution"])
        return None if execution["status"] == "RUNNING" else execution

    return eventually(ended)


def test_map_keeps_the_order_of_its_items(live: Live) -> None:
    execution = execute(live, *range(1, 11))
    assert execution["status"] == "SUCCEEDED"
    results = json.loads(execution["output"])["results"]
    assert [result["doubled"] for result in results] == [2 * item for item in range(1, 11)]


def test_error_is_caught_by_its_name(live: Live) -> None:
    execution = execute(live, 1, 0)
    assert json.loads(execution["output"])["results"] == [{"item": 1, "doubled": 2}, {"refused": "Refused", "item": 0}]


def test_execution_fails_with_the_name_of_an_uncaught_error(live: Live) -> None:
    execution = execute(live, 1, 13)
    assert (execution["status"], execution["error"]) == ("FAILED", "Busy")


def test_same_name_starts_an_execution_once(live: Live) -> None:
    steps, name = live.aws.client("stepfunctions"), unique("once")
    request = {"stateMachineArn": live.outputs["Machine"], "name": name}
    steps.start_execution(**request, input='{"items": [{"item": 1}]}')
    with pytest.raises(steps.exceptions.ExecutionAlreadyExists):
        steps.start_execution(**request, input='{"items": [{"item": 2}]}')


def test_function_puts_a_message_on_the_queue(live: Live) -> None:
    _, failed = live.aws.invoke(live.outputs["EnqueueFunction"], {"job": {"id": (job := unique("job"))}})
    assert not failed
    assert eventually(lambda: live.kept(f"{job}/1"))


def test_function_without_permission_starts_nothing(live: Live) -> None:
    """Its role may only write logs."""
    variables = {"MACHINE": live.outputs["Machine"], "QUEUE": live.outputs["Jobs"]}
    powerless = live.function("enqueue", Environment={"Variables": variables})
    refusals = [live.aws.invoke(powerless, event) for event in ({"items": [{"item": 1}]}, {"job": {"id": "any"}})]
    assert all(failed and "AccessDenied" in error["errorType"] + error["errorMessage"] for error, failed in refusals)


def test_schedule_calls_its_function_within_a_minute(live: Live) -> None:
    event = eventually(lambda: live.kept("tick"), within_seconds=75)
    assert (event["detail-type"], event["source"]) == ("Scheduled Event", "aws.events")
