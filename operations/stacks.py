"""Creates, updates and deletes stacks, and says why where CloudFormation does not."""

from collections.abc import Iterator, Mapping
from datetime import datetime
from typing import Any

from botocore.exceptions import ClientError, WaiterError

from operations.environment import CannotContinue, Environment

_FAILED = frozenset({"ROLLBACK_COMPLETE", "ROLLBACK_FAILED", "CREATE_FAILED", "DELETE_FAILED"})


def deploy(environment: Environment, stack: str, template: str, parameters: Mapping[str, str]) -> None:
    """Create the stack, or update it where it differs. Raises CannotContinue with the first failure's reason."""
    cloudformation = environment.client("cloudformation")
    described = environment.describe(stack)
    if described and described["StackStatus"] in _FAILED:  # its creation failed, so that it cannot be updated
        delete(environment, stack)
        described = None
    call: dict[str, Any] = {
        "StackName": stack,
        "TemplateBody": template,
        "Parameters": [{"ParameterKey": name, "ParameterValue": value} for name, value in parameters.items()],
        "Capabilities": ["CAPABILITY_IAM"],
    }
    if described is None:
        cloudformation.create_stack(**call)
        _wait(environment, stack, "stack_create_complete")
        return
    try:
        cloudformation.update_stack(**call)
    except ClientError as error:
        if "No updates are to be performed" not in str(error):
            raise
    else:
        _wait(environment, stack, "stack_update_complete")


def delete(environment: Environment, stack: str) -> None:
    """Raises CannotContinue with the reason where something cannot be deleted."""
    described = environment.describe(stack)
    if described is None:
        return
    environment.client("cloudformation").delete_stack(StackName=stack)
    _wait(environment, described["StackId"], "stack_delete_complete")


def resources(environment: Environment, stack: str) -> Iterator[dict[str, Any]]:
    """Of the stack and of those that it nests, each with its `StackName`; without what has been deleted already."""
    cloudformation = environment.client("cloudformation")
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            if resource["ResourceStatus"] == "DELETE_COMPLETE":
                continue
            yield {**resource, "StackName": stack}
            if resource["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from resources(environment, resource["PhysicalResourceId"])


def _wait(environment: Environment, stack: str, state: str) -> None:
    seconds = 1 if environment.endpoint else 10
    waiter = environment.client("cloudformation").get_waiter(state)
    try:
        waiter.wait(StackName=stack, WaiterConfig={"Delay": seconds, "MaxAttempts": 3600 // seconds})
    except WaiterError as error:
        raise CannotContinue(f"{stack}: {_first_failure(environment, stack) or error}") from error


def _first_failure(environment: Environment, stack: str) -> str:
    """The oldest failure: later ones follow from it. A stack that has failed before is created anew."""
    events = environment.client("cloudformation").describe_stack_events(StackName=stack)["StackEvents"]
    failed = [event for event in events if event["ResourceStatus"].endswith("_FAILED")]
    of_resources = [event for event in failed if event["PhysicalResourceId"] != event["StackId"]]
    first: dict[str, Any] = min(of_resources or failed, key=_time, default={})
    return f"{first['LogicalResourceId']}: {first.get('ResourceStatusReason', 'failed')}" if first else ""


def _time(event: Mapping[str, Any]) -> datetime:
    time: datetime = event["Timestamp"]
    return time
