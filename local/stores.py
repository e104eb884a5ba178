"""Notices a deployment that put something empty in the place of what held data."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from local.deployment import client
from local.progress import note
from local.workspace import STACK, Workspace

_NAMED = {"AWS::S3::Bucket", "AWS::Cognito::UserPool"}
"""Told from others by their names."""


@contextmanager
def noting_lost_stores(workspace: Workspace) -> Iterator[None]:
    """Say which tables, buckets and user pools are other ones after the block than before, also where it failed."""
    clients = client("cloudformation", workspace), client("dynamodb", workspace)
    before = stores(*clients, STACK)
    try:
        yield
    finally:
        if lost := lost_stores(before, stores(*clients, STACK)):
            note(f"made anew or removed, and what they held is no longer there: {', '.join(lost)}")
            note("to begin anew, with sample data: make reset up")


def stores(cloudformation: Any, dynamodb: Any, stack: str) -> dict[str, str]:
    """What tells each store of a stack and its children from others, by its place: Context/Tables/UsersTable."""
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
    """The places of stores that are gone, or have another in their place."""
    return sorted(place for place, identity in before.items() if after.get(place) != identity)


def _id_of_table(dynamodb: Any, name: str) -> str:
    """A table that is deleted and made again bears the same name, and another id."""
    try:
        return str(dynamodb.describe_table(TableName=name)["Table"]["TableId"])
    except dynamodb.exceptions.ResourceNotFoundException:
        return ""
