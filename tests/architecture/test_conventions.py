"""Conventions that no linter checks. Every failure says how to fix it."""

import re
from collections import Counter
from collections.abc import Iterable
from importlib import import_module
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from generate.functions import functions
from shared.http.api import Api
from tests.architecture.sources import ROOT, line_count, shown
from tests.architecture.templates import TEMPLATES, Json, Template, as_list

MAX_TEMPLATE_LINES = 400
MAX_HANDLER_LINES = 40
LINES_OF_A_FURTHER_ROUTE = 10
# Actions for which AWS supports no resource but "*", each with a link to the documentation.
ACTIONS_ON_ANY_RESOURCE: dict[str, str] = {
    # topics have ARNs, phone numbers have not: a function that publishes to these is denied all topics
    "sns:Publish": "https://docs.aws.amazon.com/sns/latest/dg/sms_sending-overview.html",
    # what concerns numbers has no resource
    "sns:CheckIfPhoneNumberIsOptedOut": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html",
    "sns:ListSMSSandboxPhoneNumbers": "https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html",
}

# Outputs of tables with constant partition keys, rather than a user's or a project's.
TABLES_OF_CONSTANT_PARTITIONS = ("ContentTableArn",)


class Function(NamedTuple):
    """`properties` includes the Globals of the function's template."""

    name: str
    properties: Json
    template: Template

    @property
    def stem(self) -> str:
        """GetProfileFunction → get_profile"""
        return re.sub(r"(?<!^)(?=[A-Z])", "_", self.name.removesuffix("Function")).lower()

    @property
    def routes(self) -> list[str]:
        events = self.properties.get("Events", {}).values()
        found = [event["Properties"] for event in events if event["Type"] in {"Api", "HttpApi"}]
        return [f"{properties['Method'].upper()} {properties['Path']}" for properties in found]

    @property
    def context(self) -> str:
        return str(self.properties["Handler"].partition(".")[0])

    @property
    def handler_file(self) -> Path:
        code = self.template.file.parent / self.properties["CodeUri"]
        module: str = self.properties["Handler"].rpartition(".")[0]
        return Path(code / f"{module.replace('.', '/')}.py")


FUNCTIONS = [
    Function(name, template.body.get("Globals", {}).get("Function", {}) | properties, template)
    for template in TEMPLATES
    for name, properties in template.resources("AWS::Serverless::Function").items()
]
HANDLERS = {function.file: 0 for function in functions()} | Counter(
    function.file_of(route) for function in functions() for route in function.routes
)
"""How many routes each handler declares."""
EVENT_SOURCE_MAPPINGS = [
    pytest.param(name, properties, id=f"{shown(template.file)}-{name}")
    for template in TEMPLATES
    for name, properties in (
        *template.resources("AWS::Lambda::EventSourceMapping").items(),
        *(
            (f"{function}.{name}", event["Properties"])
            for function, properties in template.resources("AWS::Serverless::Function").items()
            for name, event in properties.get("Events", {}).items()
            if event["Type"] in ("SQS", "DynamoDB", "Kinesis")
        ),
    )
]
ALARMS = [
    pytest.param(name, properties, id=f"{shown(template.file)}-{name}")
    for template in TEMPLATES
    for type_ in ("AWS::CloudWatch::Alarm", "AWS::CloudWatch::CompositeAlarm")
    for name, properties in template.resources(type_).items()
]

STATE_MACHINES = [
    pytest.param(properties, id=f"{shown(template.file)}-{name}")
    for template in TEMPLATES
    for name, properties in template.resources("AWS::Serverless::StateMachine").items()
]


each_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.name)


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: shown(template.file))
def test_template_is_short(template: Template) -> None:
    assert line_count(template.file) <= MAX_TEMPLATE_LINES, (
        f"{shown(template.file)} has {line_count(template.file)} lines, {MAX_TEMPLATE_LINES} are allowed: "
        "nest a part of it as an AWS::Serverless::Application"
    )


@each_function
def test_function_is_named_after_its_handler(function: Function) -> None:
    assert function.name.endswith("Function"), f"{function.name}: call it {function.name}Function"
    expected = rf"{function.context}\.([a-z_]+\.handlers\.{function.stem}|router)\.handler"
    assert re.fullmatch(expected, function.properties["Handler"]), f"{function.name}: its Handler has to be {expected}"
    assert function.handler_file.is_file(), f"{function.name}: write {shown(function.handler_file)}"


@each_function
def test_function_has_a_sample_event(function: Function) -> None:
    sample = ROOT / "events" / function.context / f"{function.stem}.json"
    assert sample.is_file(), f"{function.name}: write {shown(sample)}, an event as AWS sends it"


@each_function
def test_function_has_a_test(function: Function) -> None:
    folder, name = ROOT / "tests" / function.context, f"test_{function.stem}.py"
    assert list(folder.rglob(name)), f"{function.name}: write {name} somewhere under {shown(folder)}"


@pytest.mark.parametrize(
    "file",
    sorted({file for handler in HANDLERS for file in handler.parent.glob("*.py") if handler.parent.name == "handlers"}),
    ids=shown,
)
def test_handler_is_short_and_deployed(file: Path) -> None:
    several = [count for handler, count in HANDLERS.items() if handler == file and count]
    allowed = MAX_HANDLER_LINES + LINES_OF_A_FURTHER_ROUTE * (sum(several) - 1 if several else 0)
    assert line_count(file) <= allowed, (
        f"{shown(file)} has {line_count(file)} lines, {allowed} are allowed: "
        "a handler parses, calls and answers; rules belong into the domain"
    )
    assert file.stem == "__init__" or file in HANDLERS, (
        f"{shown(file)} is the handler of no function: declare one, or move what it holds"
    )


def variables_of(function: Function) -> Iterable[tuple[str, Any]]:
    shared = function.template.body.get("Globals", {}).get("Function", {}).get("Environment", {}).get("Variables", {})
    variables: Json = shared | function.properties.get("Environment", {}).get("Variables", {})
    return variables.items()


@each_function
def test_call_of_aws_that_failed_is_soon_tried_again(function: Function) -> None:
    assert ("AWS_NEW_RETRIES_2026", "true") in variables_of(function), (
        f"{function.name}: set AWS_NEW_RETRIES_2026, or boto3 waits up to a second before its second attempt"
    )


@each_function
def test_environment_fits_into_what_lambda_takes(function: Function) -> None:
    """Names generated by CloudFormation have about 80 characters: stack, nested stacks, resource, random suffixes."""
    size = sum(len(name) + (len(value) if isinstance(value, str) else 80) for name, value in variables_of(function))
    assert size <= 4096, f"{function.name}: about {size} bytes of variables, and Lambda takes 4 KB: give it less"


@each_function
def test_log_lines_name_context_and_invocation(function: Function) -> None:
    variables = function.template.body["Globals"]["Function"]["Environment"]["Variables"]
    assert variables["POWERTOOLS_SERVICE_NAME"] == function.context, f"{function.name}: set POWERTOOLS_SERVICE_NAME"
    assert "POWERTOOLS_TRACE_DISABLED" in variables, f"{function.name}: set POWERTOOLS_TRACE_DISABLED"
    handler = import_module(function.properties["Handler"].rpartition(".")[0]).handler
    is_observed = isinstance(handler, Api) or handler.__code__.co_qualname.startswith("Logger.inject_lambda_context.")
    assert is_observed, (
        f"{function.name}: decorate its handler with shared.observability.invocations.observed, first of all"
    )


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("*/src/**/*.py")) + sorted(ROOT.glob("layers/*/src/**/*.py")), ids=shown
)
def test_nobody_logs_what_an_exception_says(file: Path) -> None:
    assert not re.search(r"log(ger)?\.exception\(|exc_info=", file.read_text()), (
        f"{shown(file)}: log with shared.observability.logs.without_message; an exception's text may be personal data"
    )


@pytest.mark.parametrize(("name", "alarm"), ALARMS)
def test_alarm_names_its_runbook(name: str, alarm: Json) -> None:
    runbooks = re.findall(r"docs/runbooks/\w+\.md", str(alarm.get("AlarmDescription")))
    assert runbooks, f"{name}: end its AlarmDescription with: Runbook docs/runbooks/<name>.md"
    for runbook in runbooks:
        assert (ROOT / runbook).is_file(), f"{name}: write {runbook}"


@each_function
def test_permissions_are_the_least(function: Function) -> None:
    for policy in as_list(function.properties.get("Policies", [])):
        assert "Statement" in policy, (
            f"{function.name}: replace {policy} by statements that name the actions and the resources"
        )
        for statement in as_list(policy["Statement"]):
            about = f"{function.name}: {statement}"
            assert {"NotAction", "NotResource"}.isdisjoint(statement), f"{about}: say what is allowed, not what is not"
            actions = as_list(statement["Action"])
            assert not any("*" in action for action in actions), f"{about}: name each action"
            assert "*" not in as_list(statement["Resource"]) or set(actions) <= ACTIONS_ON_ANY_RESOURCE.keys(), (
                f"{about}: name the resource"
            )


@each_function
def test_function_may_see_whose_access_has_ended(function: Function) -> None:
    """Each context has a row for every user whose access ended; whoever is signed in waits for it."""
    app = import_module(function.properties["Handler"].rpartition(".")[0]).handler
    if not isinstance(app, Api) or not any(route.callers.authorizer for route in app.routes):
        return
    assert "ACCESS_ENDS_TABLE" in dict(variables_of(function)), f"{function.name}: set ACCESS_ENDS_TABLE"
    statements = [each for policy in function.properties["Policies"] for each in policy["Statement"]]
    granted = [each for each in statements if "dynamodb:GetItem" in as_list(each["Action"])]
    assert any(re.search("AccessEndsTable", str(each["Resource"])) for each in granted), (
        f"{function.name}: allow dynamodb:GetItem on its context's table of ended access"
    )


@each_function
def test_function_that_reads_objects_learns_which_do_not_exist(function: Function) -> None:
    """Without s3:ListBucket, S3 answers 403 for them, which is no NoSuchKey."""
    granted = [
        (set(as_list(statement["Action"])), str(resource))
        for policy in as_list(function.properties.get("Policies", []))
        for statement in as_list(policy["Statement"])
        for resource in as_list(statement["Resource"])
    ]
    listed = {
        bucket_of(resource) for actions, resource in granted if "s3:ListBucket" in actions and "/*" not in resource
    }
    for actions, resource in granted:
        if actions & {"s3:GetObject", "s3:GetObjectVersion"}:
            assert bucket_of(resource) in listed, f"{function.name}: allow s3:ListBucket on the bucket of {resource}"


def bucket_of(resource: str) -> str:
    """What names the bucket in the ARN of a bucket or of its objects, without the rest of the expression."""
    return re.sub(r"\W|Fn|GetAtt|Sub|Ref|Outputs", "", resource.partition("}/")[0]).removesuffix("Arn")


@pytest.mark.parametrize(("name", "mapping"), EVENT_SOURCE_MAPPINGS)
def test_what_a_queue_or_stream_starts_at_the_same_time_is_bounded_by_a_parameter(name: str, mapping: Json) -> None:
    bound = mapping.get("ScalingConfig", {}).get("MaximumConcurrency") or mapping.get("ParallelizationFactor") or {}
    assert "Ref" in bound, (
        f"{name}: set ScalingConfig.MaximumConcurrency or, of a stream, ParallelizationFactor to a parameter, "
        "or it takes all of a small account's concurrency"
    )


@each_function
def test_functions_have_no_reserved_concurrency_on_aws(function: Function) -> None:
    reserved = function.properties.get("ReservedConcurrentExecutions")
    is_local = isinstance(reserved, dict) and reserved["Fn::If"][2] == {"Ref": "AWS::NoValue"}
    assert reserved is None or is_local, f"{function.name}: an account with a quota of 10 can reserve none"


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda template: shown(template.file))
def test_nothing_is_left_behind_by_a_stack_whose_creation_failed(template: Template) -> None:
    for name, resource in template.body["Resources"].items():
        policy = resource.get("DeletionPolicy", "Delete")
        assert "Retain" not in (as_list(policy) if isinstance(policy, str) else policy["Fn::If"]), (
            f"{name}: DeletionPolicy: RetainExceptOnCreate"
        )


@each_function
def test_constant_partitions_are_named_in_the_permissions(function: Function) -> None:
    for policy in as_list(function.properties.get("Policies", [])):
        for statement in as_list(policy["Statement"]):
            if set(TABLES_OF_CONSTANT_PARTITIONS).isdisjoint(re.findall(r"\w+Arn", str(statement["Resource"]))):
                continue
            assert "dynamodb:LeadingKeys" in str(statement.get("Condition")), (
                f"{function.name}: {statement}: name its partitions: ForAllValues:StringEquals, dynamodb:LeadingKeys"
            )


@pytest.mark.parametrize("properties", STATE_MACHINES)
def test_state_machine_logs_no_data(properties: Json) -> None:
    logging = properties.get("Logging", {"Level": "OFF"})
    assert logging["Level"] == "OFF" or logging.get("IncludeExecutionData") is False, (
        "set IncludeExecutionData: false: inputs and outputs of states have task tokens, and may come to have more"
    )
