"""What an environment's parameters make of the help desk: docs/decisions/0086-help-desk-defaults.md."""

from typing import Any

import pytest

from generate.costs import deployed
from generate.sam_local import Stack
from local.deployment import WITHOUT_DATABASE
from release.parameters import parameters
from release.project import ROOT

SITE = "https://help.example.org"
SERVICES = {"bedrock:Retrieve": "bedrock-agent-runtime"}
"""Of which an endpoint has another name than IAM."""
METHODS = ["GET", "PUT", "PATCH", "POST", "DELETE"]


def help_desk(**given: str) -> Stack:
    root = Stack(ROOT / "template.yaml", given)
    nested = root.resources["KnowledgeBase"]["Properties"]
    return Stack(ROOT / nested["Location"], nested["Parameters"], root)


def alone(**given: str) -> Stack:
    return Stack(ROOT / "knowledge_base/template.yaml", given)


def cors(stack: Stack) -> tuple[list[str], list[str]]:
    """The origins and methods that browsers may use."""
    settings = stack.resources["Api"]["Properties"]["CorsConfiguration"]
    return stack.value(settings["AllowOrigins"]), stack.value(settings["AllowMethods"])


@pytest.mark.parametrize("made", [help_desk, alone])
def test_any_site_may_call_it_in_dev_unless_one_is_named(made: Any) -> None:
    assert cors(made(Environment="dev")) == (["*"], ["*"])
    assert cors(made(Environment="dev", AllowedOrigin=SITE)) == ([SITE], METHODS)
    for environment in ("local", "staging", "prod"):
        assert cors(made(Environment=environment, AllowedOrigin=SITE)) == ([SITE], METHODS)
        assert cors(made(Environment=environment)) == (["http://localhost:5173"], METHODS)


def test_answers_and_uploads_are_for_the_same_origin() -> None:
    for given, origin in (({}, "*"), ({"AllowedOrigin": SITE}, SITE)):
        stack = help_desk(Environment="dev", **given)
        variables = stack.template["Globals"]["Function"]["Environment"]["Variables"]
        nested = [stack.resources[name]["Properties"]["Parameters"] for name in ("Base", "Tickets")]
        assert {stack.value(variables["ALLOWED_ORIGIN"]), *(stack.value(each["AllowedOrigin"]) for each in nested)} == {
            origin
        }


def test_the_other_contexts_have_one_origin_in_dev() -> None:
    root = Stack(ROOT / "template.yaml", {"Environment": "dev"})
    for name in ("Identity", "Personalization", "Commerce", "Communications"):
        assert root.value(root.resources[name]["Properties"]["Parameters"]["AllowedOrigin"]) == "http://localhost:5173"


@pytest.mark.parametrize(
    ("database", "concurrency", "reserved"),
    [
        ("rds", "40", "40"),
        ("db.t4g.small", "90", "90"),
        ("existing", "15", "15"),
        ("existing", "0", "AWS::NoValue"),
        ("none", "40", "AWS::NoValue"),
    ],
)
def test_requests_at_the_same_time_are_bounded_wherever_they_have_connections(
    database: str, concurrency: str, reserved: str
) -> None:
    stack = help_desk(Environment="prod", CustomerDatabase=database, RouterConcurrency=concurrency)
    assert stack.value(stack.resources["RouterFunction"]["Properties"]["ReservedConcurrentExecutions"]) == reserved


@pytest.mark.parametrize("environment", ["dev", "staging", "prod"])
def test_environments_on_aws_have_a_small_postgres(environment: str) -> None:
    [(stack, instance)] = instances(environment)
    size = {name: stack.value(instance[name]) for name in ("DBInstanceClass", "AllocatedStorage")}
    assert size == {"DBInstanceClass": "db.t3.micro", "AllocatedStorage": "20"}
    is_prod = environment == "prod"
    kept = {name: stack.value(instance[name]) for name in ("MultiAZ", "DeletionProtection", "BackupRetentionPeriod")}
    assert kept == {"MultiAZ": is_prod, "DeletionProtection": is_prod, "BackupRetentionPeriod": 35 if is_prod else 1}
    assert any(each["Type"] == "AWS::EC2::NatGateway" for each in deployed(stack)) == is_prod


def test_neither_this_machine_nor_those_who_want_none_get_one() -> None:
    assert instances("local", WITHOUT_DATABASE) == []
    assert instances("local", "CustomerDatabase=existing") == []
    assert instances("dev", WITHOUT_DATABASE) == []


def test_functions_beside_the_database_reach_what_they_may_call() -> None:
    """By endpoints, where there is no NAT: those of tables and objects are of another kind."""
    called = {"dynamodb", "s3"}
    for stack in (help_desk(Environment="dev"), *help_desk(Environment="dev").children()):
        everywhere = stack.template.get("Globals", {}).get("Function", {})
        for each in stack.resources.values():
            if each["Type"] == "AWS::Serverless::Function" and "VpcConfig" in everywhere | each["Properties"]:
                called |= {SERVICES.get(name, name) for name in services_of(each["Properties"]["Policies"])}
    [(stack, _)] = instances("dev")
    endpoints = [each["Properties"] for each in stack.resources.values() if each["Type"] == "AWS::EC2::VPCEndpoint"]
    assert {stack.value(each["ServiceName"]).rpartition(".")[2] for each in endpoints} == called


def services_of(policies: list[dict[str, Any]]) -> set[str]:
    statements = [statement for policy in policies for statement in policy["Statement"]]
    actions = [statement["Action"] for statement in statements]
    flat = [name for each in actions for name in ([each] if isinstance(each, str) else each)]
    return {"bedrock:Retrieve" if name == "bedrock:Retrieve" else name.partition(":")[0] for name in flat}


def instances(environment: str, *more: str) -> list[tuple[Stack, dict[str, Any]]]:
    """The stack of each instance, and its properties, for the parameters with which an environment is deployed."""
    given = dict(each.split("=", 1) for each in parameters(environment, *more))
    made = help_desk(**given)
    if not made.holds({"Condition": made.resources["Rds"]["Condition"]}):
        return []
    nested = made.resources["Rds"]["Properties"]
    stack = Stack(ROOT / "knowledge_base" / nested["Location"], nested["Parameters"], made)
    return [(stack, each["Properties"]) for each in stack.resources.values() if each["Type"] == "AWS::RDS::DBInstance"]
