"""The functions of the local AWS: what they are told by their environment, and in which role they act."""

from collections.abc import Iterator, Mapping
from typing import Any

from local.deployment import client
from local.workspace import STACK, Workspace


def environments(here: Workspace, endpoints: Mapping[str, str]) -> dict[str, dict[str, str]]:
    """The variables of each function, by its path (Personalization/GetProfileFunction); `endpoints` go to all of them.

    Functions act in their deployed roles: what the template does not allow fails here, too.
    """
    functions, tokens = client("lambda", here), client("sts", here)
    found = {}
    for path, name in _deployed_functions(client("cloudformation", here), STACK):
        deployed = functions.get_function_configuration(FunctionName=name)
        role = tokens.assume_role(RoleArn=deployed["Role"], RoleSessionName="sam-local")["Credentials"]
        credentials = {
            "AWS_ACCESS_KEY_ID": role["AccessKeyId"],
            "AWS_SECRET_ACCESS_KEY": role["SecretAccessKey"],
            "AWS_SESSION_TOKEN": role["SessionToken"],
        }
        found[path] = deployed.get("Environment", {}).get("Variables", {}) | credentials | dict(endpoints)
    return found


def _deployed_functions(cloudformation: Any, stack: str, prefix: str = "") -> Iterator[tuple[str, str]]:
    """Path and physical name of each function of a stack and of those that it nests."""
    for page in cloudformation.get_paginator("list_stack_resources").paginate(StackName=stack):
        for resource in page["StackResourceSummaries"]:
            path, physical = prefix + resource["LogicalResourceId"], resource["PhysicalResourceId"]
            if resource["ResourceType"] == "AWS::Lambda::Function":
                yield path, physical
            elif resource["ResourceType"] == "AWS::CloudFormation::Stack":
                yield from _deployed_functions(cloudformation, physical, f"{path}/")
