"""State machines: tasks that wait for a token, and executions from start to end."""

import json
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from botocore.exceptions import ClientError

from local.emulator.process import EmulatorProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import TRUST, Aws, eventually, unique
from tests.contracts.emulator.scenarios.registry import Json, shows


class Machine:
    """A state machine of these states, of which the first is the start, with the queue that they may send to."""

    def __init__(self, aws: Aws, states: Json, **fields: Any) -> None:
        """`{queue}` in the definition becomes the queue's URL."""
        self.steps, self.sqs = aws.client("stepfunctions"), aws.client("sqs")
        self.queue: str = self.sqs.create_queue(QueueName=unique("tokens"))["QueueUrl"]
        role = aws.client("iam").create_role(RoleName=unique("machine"), AssumeRolePolicyDocument=TRUST)["Role"]["Arn"]
        definition = json.dumps({"StartAt": next(iter(states)), "States": states} | fields)
        created = self.steps.create_state_machine(
            name=unique("machine"), roleArn=role, definition=definition.replace("{queue}", self.queue)
        )
        self.arn: str = created["stateMachineArn"]

    def start(self, data: object = None, **named: str) -> str:
        """The ARN of a new execution."""
        request = named | {"stateMachineArn": self.arn, "input": json.dumps(data or {})}
        return str(self.steps.start_execution(**request)["executionArn"])

    def token(self) -> str:
        """The next token that a task has sent to the queue; empty if there is none within five seconds."""
        received = self.sqs.receive_message(QueueUrl=self.queue, WaitTimeSeconds=5).get("Messages", [])
        for message in received:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=message["ReceiptHandle"])
        return str(json.loads(received[0]["Body"])["token"]) if received else ""

    def ended(self, execution: str, within_seconds: float = 10) -> Json:
        """The execution as described once it has ended, or when the time is up."""

        def described() -> Json | None:
            found: Json = self.steps.describe_execution(executionArn=execution)
            return None if found["status"] == "RUNNING" else found

        return eventually(described, within_seconds) or {"status": "RUNNING"}

    def history(self, execution: str) -> list[str]:
        """The types of the execution's events."""
        events = self.steps.get_execution_history(executionArn=execution)["events"]
        return [event["type"] for event in events]

    def refused(self, answer: str, **request: str) -> str | None:
        """The error of answering a task: `answer` is success, failure or heartbeat."""
        try:
            getattr(self.steps, f"send_task_{answer}")(**request)
        except ClientError as error:
            return str(error.response["Error"]["Code"])
        return None


def waiting_task(**fields: Any) -> Json:
    return {
        "Type": "Task",
        "Resource": "arn:aws:states:::sqs:sendMessage.waitForTaskToken",
        "Parameters": {"QueueUrl": "{queue}", "MessageBody": {"token.$": "$$.Task.Token"}},
        "End": True,
    } | fields


@shows("step-tokens", right=["States.HeartbeatTimeout", True])
def silent_task_is_tried_again_with_another_token(aws: Aws) -> list[object]:
    retry = {"ErrorEquals": ["States.HeartbeatTimeout"], "IntervalSeconds": 1, "MaxAttempts": 1}
    machine = Machine(aws, {"Ask": waiting_task(HeartbeatSeconds=1, Retry=[retry])})
    execution = machine.start()
    first, second = machine.token(), machine.token()
    return [machine.ended(execution).get("error"), first != second]


@shows("step-permissions", right=["AccessDeniedException", None])
def answering_needs_the_permission_for_the_machine(aws: Aws) -> list[str | None]:
    machine, other = Machine(aws, {"Ask": waiting_task()}), Machine(aws, {"Ask": waiting_task()})
    machine.start()
    token, found = machine.token(), []
    for arn in (other.arn, machine.arn):
        machine.steps = aws.client_of_role("stepfunctions", "states:SendTaskSuccess", on=[arn])
        found.append(machine.refused("success", taskToken=token, output="{}"))
    return found


@shows("step-ends", right="TIMED_OUT")
def execution_ends_at_its_machines_time_limit(aws: Aws) -> object:
    machine = Machine(aws, {"Sleep": {"Type": "Wait", "Seconds": 5, "End": True}}, TimeoutSeconds=1)
    return machine.ended(machine.start())["status"]


@shows("step-restarts", right=["SUCCEEDED", "SUCCEEDED", {"paid": True}])
def execution_goes_on_after_a_restart(like: Aws) -> list[object]:
    """One that sleeps, and one that waits for the token that it sent before."""
    with TemporaryDirectory() as folder:
        emulator = EmulatorProcess(Path(folder), free_port(), persist=True, environment=like.environment)
        with emulator:
            aws = Aws(emulator.endpoint)
            sleeping = Machine(aws, {"Sleep": {"Type": "Wait", "Seconds": 2, "End": True}})
            waiting = Machine(aws, {"Ask": waiting_task()})
            asleep, waited, token = sleeping.start(), waiting.start(), waiting.token()
        with emulator:
            waiting.refused("success", taskToken=token, output='{"paid": true}')
            slept, answered = sleeping.ended(asleep), waiting.ended(waited)
    return [slept["status"], answered["status"], json.loads(answered.get("output") or "null")]


@shows("step-starts", right=[True, "ExecutionAlreadyExists"])
def second_start_is_the_same_execution(aws: Aws) -> list[object]:
    machine = Machine(aws, {"Ask": waiting_task()})
    found: list[object] = []
    first = machine.start({"cart": 1}, name="once")
    for cart in (1, 2):
        try:
            found.append(machine.start({"cart": cart}, name="once") == first)
        except ClientError as error:
            found.append(error.response["Error"]["Code"])
    return found


@shows("step-data", right=["ValidationException", "ValidationException", "States.DataLimitExceeded"])
def large_data_is_refused(aws: Aws) -> list[object]:
    large = {"text": "x" * 262_144}
    doubled = {"Type": "Pass", "Parameters": {"a.$": "$.text", "b.$": "$.text"}, "End": True}
    machine, doubling = Machine(aws, {"Ask": waiting_task()}), Machine(aws, {"Double": doubled})
    try:
        machine.start(large)
        start = None
    except ClientError as error:
        start = error.response["Error"]["Code"]
    machine.start()
    answer = machine.refused("success", taskToken=machine.token(), output=json.dumps(large))
    return [start, answer, doubling.ended(doubling.start({"text": "x" * 140_000})).get("error")]
