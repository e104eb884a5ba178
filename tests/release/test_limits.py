"""AWS's limits that the templates come near, on what SAM makes of them, with the names of a long stack.

Sources: the pages on quotas of CloudFormation, IAM and STS, Lambda, DynamoDB, API Gateway, EventBridge, CloudWatch and
Step Functions in AWS's documentation.
"""

import json
import re
from collections import Counter
from typing import Any

import pytest

from release.project import ROOT, Json
from tests.release.rendering import ROOT_STACK, Stack, stacks

STACKS = list(stacks())
each_stack = pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name.replace("-1ABCDEFGHIJKL", ""))


@each_stack
@pytest.mark.parametrize(
    ("part", "limit"), [("Resources", 500), ("Parameters", 200), ("Outputs", 200), ("Mappings", 200)]
)
def test_template_has_no_more_parts_than_cloudformation_takes(stack: Stack, part: str, limit: int) -> None:
    assert len(stack.template.get(part, {})) <= limit


@each_stack
def test_template_fits_into_an_object_that_cloudformation_reads(stack: Stack) -> None:
    assert len(json.dumps(stack.template)) <= 1_000_000
    assert len(stack.template.get("Description", "").encode()) <= 1024


@each_stack
def test_values_of_parameters_and_the_names_of_stacks_are_short_enough(stack: Stack) -> None:
    assert len(stack.name) <= 128
    assert all(len(str(value)) <= 4096 for value in stack.parameters.values())
    # of outputs AWS names no limit: what holds for parameters has room enough
    outputs = stack.template.get("Outputs", {}).items()
    assert not {name for name, output in outputs if len(str(stack.rendered(output["Value"]))) > 4096}
    assert all(len(each.get("Description", "")) <= 4000 for each in stack.template.get("Parameters", {}).values())


def test_longest_name_of_a_platform_is_as_documented() -> None:
    stated = re.search(r"a stack name of at most (\d+) characters", (ROOT / "docs/account.md").read_text())
    assert stated
    assert int(stated[1]) == len(ROOT_STACK)


@each_stack
def test_policies_of_a_role_fit(stack: Stack) -> None:
    for name, role in stack.resources("AWS::IAM::Role"):
        inline = sum(len(compact(policy["PolicyDocument"])) for policy in role.get("Policies", ()))
        assert inline <= 10_240, f"{name}: {inline} characters of inline policies"
        assert len(role.get("ManagedPolicyArns", ())) <= 10
        assert len(compact(role["AssumeRolePolicyDocument"])) <= 2048
    for _, policy in stack.resources("AWS::IAM::ManagedPolicy"):
        assert len(compact(policy["PolicyDocument"])) <= 6144


@each_stack
def test_policies_of_resources_fit(stack: Stack) -> None:
    for _, policy in stack.resources("AWS::S3::BucketPolicy"):
        assert len(compact(policy["PolicyDocument"])) <= 20_480
    for _, policy in stack.resources("AWS::SQS::QueuePolicy"):
        assert len(compact(policy["PolicyDocument"])) <= 10_240
    granted = Counter[str]()
    for name, permission in stack.resources("AWS::Lambda::Permission"):
        statement = permission | {"Sid": name, "Effect": "Allow", "Condition": {"ArnLike": {}}}
        granted[permission["FunctionName"]] += len(compact(statement))
    assert not {function: size for function, size in granted.items() if size > 20_480}


@each_stack
def test_functions_have_what_lambda_takes(stack: Stack) -> None:
    for name, function in stack.resources("AWS::Lambda::Function"):
        variables: Json = function.get("Environment", {}).get("Variables", {})
        size = sum(len(variable) + len(str(value)) for variable, value in variables.items())
        assert size <= 4096, f"{name}: {size} bytes of environment variables"
        assert len(function.get("Layers", ())) <= 5
        assert len(function.get("FunctionName", "")) <= 64
        assert len(function.get("Description", "")) <= 256


@each_stack
def test_tables_have_what_dynamodb_takes(stack: Stack) -> None:
    for name, table in stack.resources("AWS::DynamoDB::Table"):
        indexes = table.get("GlobalSecondaryIndexes", ())
        assert len(indexes) <= 20
        assert len(table.get("LocalSecondaryIndexes", ())) <= 5
        projected = [len(index["Projection"].get("NonKeyAttributes", ())) for index in indexes]
        assert sum(projected) <= 100, name


@each_stack
def test_apis_have_what_api_gateway_takes(stack: Stack) -> None:
    for _, api in stack.resources("AWS::ApiGateway::RestApi"):
        segments = {
            tuple(path.split("/")[:depth]) for path in api["Body"]["paths"] for depth in range(2, path.count("/") + 2)
        }
        assert len(segments) <= 300, "resources of an API"
        assert len(api["Body"].get("securityDefinitions", {})) <= 10, "authorizers of an API"
        assert len(json.dumps(api["Body"]).encode()) <= 6_000_000
        assert all(len(json.dumps(model)) <= 400_000 for model in api["Body"].get("definitions", {}).values())


@each_stack
def test_rules_alarms_and_machines_fit(stack: Stack) -> None:
    for _, rule in stack.resources("AWS::Events::Rule"):
        assert len(compact(rule.get("EventPattern", {}))) <= 2048
        assert len(rule["Targets"]) <= 5
    for _, alarm in stack.resources("AWS::CloudWatch::Alarm"):
        assert len(alarm["AlarmDescription"]) <= 1024
        assert len(alarm.get("AlarmName", "")) <= 255
        assert len(alarm.get("Metrics", ())) <= 10
    for _, machine in stack.resources("AWS::StepFunctions::StateMachine"):
        assert len(json.dumps(machine)) <= 1_000_000


NAMES = {
    "AWS::CloudWatch::Alarm": ("AlarmName", 255),
    "AWS::CloudWatch::Dashboard": ("DashboardName", 255),
    "AWS::Cognito::UserPool": ("UserPoolName", 128),
    "AWS::Events::EventBus": ("Name", 256),
    "AWS::IAM::Role": ("RoleName", 64),
    "AWS::Lambda::Function": ("FunctionName", 64),
    "AWS::SQS::Queue": ("QueueName", 80),
    "AWS::Scheduler::Schedule": ("Name", 64),
    "AWS::StepFunctions::StateMachine": ("StateMachineName", 80),
}
"""Of resources that CloudFormation names itself unless a template does: it keeps to these limits, templates have to."""


@each_stack
@pytest.mark.parametrize("kind", NAMES)
def test_names_that_a_template_makes_are_short_enough(stack: Stack, kind: str) -> None:
    property_, limit = NAMES[kind]
    for name, resource in stack.resources(kind):
        made = resource.get(property_, "")
        assert len(made) <= limit, f"{name}: {property_} {made} has {len(made)} characters"
        if kind == "AWS::IAM::Role":
            assert all(len(policy["PolicyName"]) <= 128 for policy in resource.get("Policies", ()))


def test_names_are_as_long_as_on_aws() -> None:
    """What the other tests rest on: names of nested stacks are in those of their resources."""
    live = next(stack for stack in STACKS if stack.file.name == "live_tables.yaml")
    table = live.rendered({"Ref": "FramesTable"})

    assert table.startswith(f"{ROOT_STACK}-Personalization-1ABCDEFGHIJKL-Backend-1ABCDEFGHIJKL-LiveTables-")
    worker = next(
        function
        for stack in STACKS
        for name, function in stack.resources("AWS::Lambda::Function")
        if name == "WorkOnRunFunction"
    )
    assert worker["Environment"]["Variables"]["FRAMES_TABLE"] == table


def compact(document: Any) -> str:
    """IAM counts no white space."""
    return json.dumps(document, separators=(",", ":"))
