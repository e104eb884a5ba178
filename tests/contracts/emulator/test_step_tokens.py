"""State machines: tasks that wait for a token, and executions from start to end."""

import json
import threading
from pathlib import Path

import pytest

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws, eventually, unique
from tests.contracts.emulator.scenarios.registry import Json
from tests.contracts.emulator.scenarios.steps import Machine, waiting_task

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-patches")]

CAUGHT = {"Type": "Pass", "Result": "caught", "End": True}
OVER = "TaskTimedOut"


def catch(*errors: str) -> list[Json]:
    return [{"ErrorEquals": list(errors), "Next": "Caught"}]


def test_answer_becomes_the_output_once(patched: Aws) -> None:
    machine = Machine(patched, {"Ask": waiting_task()})
    execution = machine.start()
    answer = {"taskToken": machine.token(), "output": '{"order": 7}'}
    assert machine.refused("success", **answer) is None
    assert json.loads(machine.ended(execution)["output"]) == {"order": 7}
    assert machine.refused("success", **answer) == OVER
    assert machine.refused("heartbeat", taskToken=answer["taskToken"]) == OVER
    assert machine.refused("success", taskToken="never-a-token", output="{}") == "InvalidToken"


def test_failure_is_caught_by_its_name(patched: Aws) -> None:
    machine = Machine(patched, {"Ask": waiting_task(Catch=catch("Declined")), "Caught": CAUGHT})
    execution = machine.start()
    machine.refused("failure", taskToken=machine.token(), error="Declined", cause="no funds")
    assert json.loads(machine.ended(execution)["output"]) == "caught"


def test_heartbeats_keep_a_task_waiting(patched: Aws) -> None:
    machine = Machine(patched, {"Ask": waiting_task(HeartbeatSeconds=2, TimeoutSeconds=5)})
    execution, token = machine.start(), machine.token()
    stop = threading.Event()
    while machine.refused("heartbeat", taskToken=token) is None:
        stop.wait(0.5)
    ended = machine.ended(execution)
    assert (ended["status"], ended["error"]) == ("FAILED", "States.Timeout")
    lasted = (ended["stopDate"] - ended["startDate"]).total_seconds()
    assert lasted == pytest.approx(5, abs=1)
    assert "TaskTimedOut" in machine.history(execution)


def test_time_limit_may_be_a_path(patched: Aws) -> None:
    task = waiting_task(TimeoutSecondsPath="$.limit", Catch=catch("States.Timeout"))
    machine = Machine(patched, {"Ask": task, "Caught": CAUGHT})
    assert json.loads(machine.ended(machine.start({"limit": 1}), 4)["output"]) == "caught"


def test_failure_of_the_called_function_is_the_tasks(patched: Aws) -> None:
    parameters = {"FunctionName": patched.function("fail"), "Payload": {"token.$": "$$.Task.Token"}}
    task = waiting_task(
        Resource="arn:aws:states:::lambda:invoke.waitForTaskToken",
        Parameters=parameters,
        Retry=[{"ErrorEquals": ["RuntimeError"], "IntervalSeconds": 1, "MaxAttempts": 1}],
        Catch=catch("RuntimeError"),
    )
    machine = Machine(patched, {"Ask": task, "Caught": CAUGHT})
    execution = machine.start()
    assert json.loads(machine.ended(execution)["output"]) == "caught"
    assert machine.history(execution).count("TaskFailed") == 2


def test_message_without_a_token_is_sent_at_once(patched: Aws) -> None:
    parameters = {"QueueUrl": "{queue}", "MessageBody": {"token.$": "$.text"}}
    task = waiting_task(Resource="arn:aws:states:::sqs:sendMessage", Parameters=parameters)
    machine = Machine(patched, {"Send": task})
    execution = machine.start({"text": "hello"})
    assert machine.token() == "hello"
    assert "MessageId" in json.loads(machine.ended(execution)["output"])


def test_message_to_a_missing_queue_fails_the_task(patched: Aws) -> None:
    parameters = {"QueueUrl": "{queue}-gone", "MessageBody": {"token.$": "$$.Task.Token"}}
    machine = Machine(patched, {"Ask": waiting_task(Parameters=parameters)})
    assert machine.ended(machine.start())["status"] == "FAILED"


def test_aborted_execution_does_nothing_more(patched: Aws) -> None:
    """Neither an answer nor a retry that was due takes effect."""
    retry = [{"ErrorEquals": ["States.ALL"], "IntervalSeconds": 1}]
    machine = Machine(patched, {"Ask": waiting_task(Retry=retry), "Caught": CAUGHT})
    waiting, retrying = machine.start(), machine.start()
    tokens = {machine.token(), machine.token()}
    steps = machine.steps
    for token in tokens:
        machine.refused("failure", taskToken=token, error="Busy", cause="")
    renewed = machine.token()
    for execution in (waiting, retrying):
        steps.stop_execution(executionArn=execution)
    machine.token()  # of the other, if its retry came before the end
    assert machine.refused("success", taskToken=renewed, output="{}") == OVER
    assert machine.token() == ""
    assert [machine.ended(execution)["status"] for execution in (waiting, retrying)] == ["ABORTED", "ABORTED"]


def test_time_limit_of_the_machine_ends_waits_for_tokens(patched: Aws) -> None:
    machine = Machine(patched, {"Ask": waiting_task(Catch=catch("States.ALL")), "Caught": CAUGHT}, TimeoutSeconds=2)
    execution, token = machine.start(), machine.token()
    assert machine.ended(execution)["status"] == "TIMED_OUT"
    assert machine.refused("success", taskToken=token, output="{}") == OVER
    assert "PassStateEntered" not in machine.history(execution)


def test_time_out_is_an_event(patched: Aws) -> None:
    machine = Machine(patched, {"Sleep": {"Type": "Wait", "Seconds": 9, "End": True}}, TimeoutSeconds=1)
    events, rule = patched.client("events"), unique("ended")
    arn = machine.sqs.get_queue_attributes(QueueUrl=machine.queue, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    pattern = {"source": ["aws.states"], "detail": {"stateMachineArn": [machine.arn], "status": ["TIMED_OUT"]}}
    events.put_rule(Name=rule, EventPattern=json.dumps(pattern))
    events.put_targets(Rule=rule, Targets=[{"Id": "1", "Arn": arn, "InputPath": "$.detail"}])
    execution = machine.start()
    message = machine.sqs.receive_message(QueueUrl=machine.queue, WaitTimeSeconds=10)["Messages"][0]
    assert json.loads(message["Body"])["executionArn"] == execution


def test_name_of_an_ended_execution_cannot_be_used_again(patched: Aws) -> None:
    machine = Machine(patched, {"Done": {"Type": "Succeed"}})
    machine.ended(machine.start(name="once"))
    with pytest.raises(machine.steps.exceptions.ExecutionAlreadyExists):
        machine.start(name="once")


def test_too_much_data_cannot_be_caught(patched: Aws) -> None:
    task = waiting_task(ResultPath="$.answer", Catch=catch("States.ALL"))
    machine = Machine(patched, {"Ask": task, "Caught": CAUGHT})
    execution = machine.start({"text": "x" * 140_000})
    machine.refused("success", taskToken=machine.token(), output=json.dumps("y" * 140_000))
    assert machine.ended(execution)["error"] == "States.DataLimitExceeded"


def test_task_that_was_cut_off_by_a_restart_is_repeated(tmp_path: Path) -> None:
    """Its failure, which the stop of its function causes, is not caught."""
    emulator = EmulatorProcess(tmp_path, free_port(), persist=True)
    with emulator:
        aws = Aws(emulator.endpoint)
        parameters = {"FunctionName": aws.function("sleep"), "Payload": {"seconds": 3}}
        task = waiting_task(
            Resource="arn:aws:states:::lambda:invoke", Parameters=parameters, Catch=catch("States.ALL"), Next="Done"
        )
        del task["End"]
        machine = Machine(aws, {"Sleep": task, "Done": {"Type": "Succeed"}, "Caught": CAUGHT})
        execution = machine.start()
        assert eventually(lambda: "TaskScheduled" in machine.history(execution))
    with emulator:
        assert json.loads(machine.ended(execution, 20)["output"])["Payload"]["statusCode"] == 200
