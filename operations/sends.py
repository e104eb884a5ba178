"""Messages that were not sent, or of which nobody can say whether they were: listed, redriven and sent again.

Whatever changes anything says first what it would do, and does it with --go.
"""

import json
import os
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from communications.sending.adapters.outbox import DynamoOutbox
from communications.sending.domain.settling import Plan, Settling, Step
from operations.environment import CannotContinue, Environment

DEAD_LETTERS = {"email": "UnsentMails", "sms": "UnsentSms", "push": "UnsentPushes"}
_HIDDEN_SECONDS = 60

type Say = Callable[[str], None]


def list_unknown(here: Environment, say: Say) -> int:
    """How many there are."""
    rows = settling(here).unknown(datetime.now(UTC))
    for row in rows:
        say(f"{row.outbox_id}  since {row.due_at:%Y-%m-%d %H:%M}, attempt {row.attempt}: {row.reason}")
    return len(rows)


def resend(here: Environment, outbox_id: str, say: Say, *, go: bool) -> Plan:
    plan = settling(here).resend(outbox_id, datetime.now(UTC), dry_run=not go)
    say(_line(plan))
    return plan


def redrive(here: Environment, channel: str, say: Say, *, go: bool) -> int:
    """How many dead letters there are, or were: a message is deleted once its row has been looked after."""
    queue, sqs, count = _dead_letters(here, channel), here.client("sqs"), 0
    for message in list(_messages(sqs, queue)):  # all before the first is worked on: they are hidden for a while only
        count += 1
        plan = settling(here).redrive(json.loads(message["Body"])["outboxId"], datetime.now(UTC), dry_run=not go)
        say(_line(plan))
        if go:
            sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
        else:
            sqs.change_message_visibility(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"], VisibilityTimeout=0)
    return count


def settling(here: Environment) -> Settling:
    os.environ["AWS_REGION"] = here.region  # as Lambda tells functions, whose code this is
    return Settling(DynamoOutbox(here.outputs(_nested(here, "Communications"))["OutboxTable"]))


def _line(plan: Plan) -> str:
    because = f", {plan.reason}" if plan.reason else ""
    state = "" if plan.step is Step.MISSING else f" ({plan.state}{because})"
    return f"{plan.outbox_id}{state}: {plan.step}"


def _messages(sqs: Any, queue: str) -> Iterator[Any]:
    while received := sqs.receive_message(
        QueueUrl=queue, MaxNumberOfMessages=10, VisibilityTimeout=_HIDDEN_SECONDS
    ).get("Messages"):
        yield from received


def _dead_letters(here: Environment, channel: str) -> str:
    if channel not in DEAD_LETTERS:
        raise CannotContinue(f"There is no channel {channel!r}: choose one of {', '.join(DEAD_LETTERS)}")
    return _nested(here, "Communications", "Sending", DEAD_LETTERS[channel])


def _nested(here: Environment, *names: str) -> str:
    """The id of a resource of nested stacks."""
    cloudformation, found = here.client("cloudformation"), here.stack
    for name in names:
        described = cloudformation.describe_stack_resource(StackName=found, LogicalResourceId=name)
        found = described["StackResourceDetail"]["PhysicalResourceId"]
    return found
