"""Deletes an environment, except for what its templates keep, and says what that is."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from samcli.yamlhelper import yaml_parse

from operations import stacks
from operations.environment import CannotContinue, Environment

_KEPT = frozenset({"Retain", "RetainExceptOnCreate"})


@dataclass(frozen=True)
class Resource:
    kind: str
    name: str
    is_kept: bool


def check_may_be_deleted(environment: Environment) -> None:
    """Raises CannotContinue for production: by its name, and by what the stack was deployed as."""
    described = environment.describe(environment.stack)
    if described is None:
        raise CannotContinue(f"There is no stack {environment.stack} in {environment.region}: nothing to delete.")
    deployed = {each["ParameterKey"]: each.get("ParameterValue") for each in described.get("Parameters", [])}
    if "prod" in {environment.name, deployed.get("Environment")}:
        raise CannotContinue(
            f"{environment.stack} is production: it is not deleted by a command. See docs/deploy.md, Tear down."
        )


def tear_down(environment: Environment, report: Callable[[str], None], *, with_data: bool) -> list[Resource]:
    """Delete the stack, with its data also what the templates keep. Returns what is still there."""
    found = list(_resources(environment))
    for bucket in (each for each in found if each.kind == "AWS::S3::Bucket" and (with_data or not each.is_kept)):
        report(f"emptying {bucket.name}")
        _empty(environment, bucket.name)
    report(f"deleting the stack {environment.stack}")
    stacks.delete(environment, environment.stack)
    kept = [each for each in found if each.is_kept]
    if with_data:
        for resource in kept:
            if resource.kind in _DELETE:
                report(f"deleting {resource.name}")
                _DELETE[resource.kind](environment, resource.name)
        kept = [each for each in kept if each.kind not in _DELETE]
    return kept


def _resources(environment: Environment) -> Iterator[Resource]:
    policies: dict[str, Mapping[str, Any]] = {}
    for resource in stacks.resources(environment, environment.stack):
        stack = resource["StackName"]
        if stack not in policies:
            policies[stack] = _deletion_policies(environment, stack)
        if physical := resource.get("PhysicalResourceId"):
            is_kept = policies[stack].get(resource["LogicalResourceId"]) in _KEPT
            yield Resource(resource["ResourceType"], physical, is_kept)


def _deletion_policies(environment: Environment, stack: str) -> dict[str, Any]:
    """By logical id; SAM's own processing leaves them as they are."""
    template = environment.client("cloudformation").get_template(StackName=stack)["TemplateBody"]
    parsed = template if isinstance(template, dict) else yaml_parse(template)
    return {name: _text(resource.get("DeletionPolicy")) for name, resource in parsed["Resources"].items()}


def _text(policy: object) -> str:
    """A policy that depends on a condition keeps in production only."""
    return policy if isinstance(policy, str) else json.dumps(policy)


def _empty(environment: Environment, bucket: str) -> None:
    """Delete all versions and delete markers of all objects."""
    s3 = environment.client("s3")
    for page in s3.get_paginator("list_object_versions").paginate(Bucket=bucket):
        versions = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
        if versions:
            objects = [{"Key": each["Key"], "VersionId": each["VersionId"]} for each in versions]
            failed = s3.delete_objects(Bucket=bucket, Delete={"Objects": objects, "Quiet": True}).get("Errors", [])
            if failed:
                raise CannotContinue(f"{bucket}: {failed[0]['Key']} could not be deleted: {failed[0]['Message']}")


def _delete_table(environment: Environment, name: str) -> None:
    environment.client("dynamodb").delete_table(TableName=name)


def _delete_bucket(environment: Environment, name: str) -> None:
    environment.client("s3").delete_bucket(Bucket=name)


def _delete_user_pool(environment: Environment, name: str) -> None:
    environment.client("cognito-idp").delete_user_pool(UserPoolId=name)


_DELETE: Mapping[str, Callable[[Environment, str], None]] = {
    "AWS::DynamoDB::Table": _delete_table,
    "AWS::S3::Bucket": _delete_bucket,
    "AWS::Cognito::UserPool": _delete_user_pool,
}
