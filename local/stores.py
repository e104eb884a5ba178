"""Detects that a deployment has replaced or removed something that held data."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.deployment import client
from local.progress import note
from local.workspace import STACK, Workspace

_NAMED = {"AWS::S3::Bucket", "AWS::Cognito::UserPool"}
"""Types whose physical name changes with every replacement."""


@contextmanager
def reporting_lost_stores(workspace: Workspace) -> Iterator[None]:
    """Report the tables, buckets and user pools that the block replaced or removed, even if it failed."""
    clients = client("cloudformation", workspace), client("dynamodb", workspace)
    before = stores(*clients, STACK)
    try:
        yield
    finally:
        if lost := lost_stores(before, stores(*clients, STACK)):
            note(f"replaced or removed, and their data with them: {', '.join(lost)}")
            note("to start over with sample data: make reset up")


def stores(cloudformation: Any, dynamodb: Any, stack: str) -> dict[str, str]:
    """The identity of each store in a stack and its children, by its path: Context/Tables/UsersTable."""
    try:
        resources = cloudformation.describe_stack_resources(StackName=stack)["StackResources"]
    except cloudformation.exceptions.ClientError:  # no such stack
        return {}
    found: dict[str, str] = {}
    for resource in resources:
        place, physical_id = resource["LogicalResourceId"], resource["PhysicalResourceId"]
        if resource["ResourceType"] == "AWS::CloudFormation::Stack":
            children = stores(cloudformation, dynamodb, physical_id)
            found |= {f"{place}/{inner}": identity for inner, identity in children.items()}
        elif resource["ResourceType"] == "AWS::DynamoDB::Table":
            found[place] = _id_of_table(dynamodb, physical_id)
        elif resource["ResourceType"] in _NAMED:
            found[place] = physical_id
    return found


def lost_stores(before: Mapping[str, str], after: Mapping[str, str]) -> list[str]:
    """The paths of stores that were removed or replaced."""
    return sorted(place for place, identity in before.items() if after.get(place) != identity)


def _id_of_table(dynamodb: Any, name: str) -> str:
    """A table that was deleted and created again may have the same name, but not the same id."""
    try:
        return str(dynamodb.describe_table(TableName=name)["Table"]["TableId"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return ""
