"""Alarms and dashboards of the translated templates: what they name exists, and whoever looks sees all of it."""

import json
import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

import pytest

from commerce.support.domain import starting as support
from knowledge_base.answering.domain import starting as replies
from personalization.agent.domain import ending as agent
from personalization.articles.domain import starting
from release.project import ROOT, Json
from shared.observability import metrics
from shared.observability.metrics import MetricSet
from tests.release.rendering import stacks

# What AWS's documentation lists, by namespace: the metrics, and the sets of dimensions by which each is counted.
_AWS: dict[str, tuple[set[str], set[frozenset[str]]]] = {
    "AWS/ApiGateway": (
        {"Count", "Latency", "IntegrationLatency", "4XXError", "5XXError", "4xx", "5xx"}
        | {"ConnectCount", "MessageCount", "IntegrationError", "ClientError", "ExecutionError"},
        {frozenset({"ApiName", "Stage"}), frozenset({"ApiId", "Stage"})},
    ),
    "AWS/DynamoDB": (
        {"ConsumedReadCapacityUnits", "ConsumedWriteCapacityUnits"},
        {frozenset({"TableName"})},
    ),
    "AWS/ES": (
        {"ClusterStatus.red", "ClusterIndexWritesBlocked"},
        {frozenset({"ClientId", "DomainName"})},
    ),
    "AWS/Lambda": (
        {"Errors", "Throttles", "ConcurrentExecutions", "IteratorAge"},
        {frozenset(), frozenset({"FunctionName"})},
    ),
    "AWS/RDS": (
        {"FreeStorageSpace", "DatabaseConnections"},
        {frozenset({"DBInstanceIdentifier"})},
    ),
    "AWS/SES": (
        {"Reputation.BounceRate", "Reputation.ComplaintRate"},
        {frozenset()},  # of the account
    ),
    "AWS/SQS": (
        {"ApproximateNumberOfMessagesVisible", "ApproximateAgeOfOldestMessage"},
        {frozenset({"QueueName"})},
    ),
    "AWS/States": (
        {"ExecutionsSucceeded", "ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted"},
        {frozenset({"StateMachineArn"})},
    ),
}
_OWN: list[MetricSet] = [each for each in vars(metrics).values() if isinstance(each, MetricSet)]
_SEARCH = re.compile(r"SEARCH\('\{\"?([\w/-]+)\"?,([\w,]+)\} MetricName=\"(\w+)\"( TableName=\([\w ]+\))?', '\w+'\)")

STACKS = list(stacks())
_ENVIRONMENT = STACKS[0].rendered({"Ref": "Environment"})


@cache
def filtered() -> frozenset[str]:
    """Metrics that CloudWatch takes from access logs."""
    return frozenset(
        transformation["MetricName"]
        for stack in STACKS
        for _, each in stack.resources("AWS::Logs::MetricFilter")
        for transformation in each["MetricTransformations"]
    )


def written(source: str, pattern: str) -> set[str]:
    return set(re.findall(pattern, (ROOT / source).read_text()))


# What the code gives the dimensions as values.
_VALUES = {
    "service": {"commerce", "communications", "identity", "knowledge_base", "personalization"},
    "kind": {agent.KIND, replies.KIND, starting.KIND, support.KIND},
    "operation": written("layers/shared/src/shared/models/bedrock.py", r'_measured\("(\w+)"\)'),
    "outcome": {"ThrottlingException"},  # AWS's
}


def values_are_those_of_the_code(dimensions: Mapping[str, str]) -> bool:
    return all(value in _VALUES[name] for name, value in dimensions.items() if name in _VALUES)


def exists(namespace: str, metric: str, dimensions: frozenset[str]) -> bool:
    if namespace.startswith("AWS/"):
        names, by = _AWS[namespace]
        return metric in names and dimensions in by
    own = any(metric in each.metrics and dimensions == set(each.dimensions) for each in _OWN)
    return own or (not dimensions and metric in filtered())


def alarms() -> Iterator[tuple[str, Json]]:
    for stack in STACKS:
        for name, alarm in stack.resources("AWS::CloudWatch::Alarm"):
            yield f"{stack.file.parent.name}/{stack.file.stem}/{name}", alarm


def dashboards() -> Iterator[tuple[str, list[Json]]]:
    for stack in STACKS:
        for _, dashboard in stack.resources("AWS::CloudWatch::Dashboard"):
            yield stack.name, json.loads(dashboard["DashboardBody"])["widgets"]


each_dashboard = pytest.mark.parametrize(
    "widgets", [pytest.param(widgets, id=re.sub("-1ABC.*", "", name)) for name, widgets in dashboards()]
)


@pytest.mark.parametrize("alarm", [pytest.param(each, id=name) for name, each in alarms()])
def test_alarm_watches_a_metric_that_is_there(alarm: Json) -> None:
    dimensions = {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())}
    assert exists(alarm["Namespace"], alarm["MetricName"], frozenset(dimensions))
    assert values_are_those_of_the_code(dimensions)
    assert alarm["DatapointsToAlarm"] <= alarm["EvaluationPeriods"] if "DatapointsToAlarm" in alarm else True
    assert alarm["Period"] in {10, 30} or alarm["Period"] % 60 == 0
    assert alarm["EvaluationPeriods"] * alarm["Period"] <= (604_800 if alarm["Period"] >= 3_600 else 86_400)
    assert ("Statistic" in alarm) != ("ExtendedStatistic" in alarm)


_CONTEXTS = ("commerce", "communications", "identity", "knowledge_base", "personalization")
# What users or operators have to hear of: namespace, metric, and what it is counted by.
_REQUIRED = [
    *(("Almoner/${Environment}", "durationMs", {"service": context}) for context in _CONTEXTS),
    *(("Almoner/${Environment}", f"{context}ThrottledRequests", {}) for context in _CONTEXTS),
    *(("Almoner/${Environment}", "throttledTableCalls", {"service": context}) for context in _CONTEXTS),
    ("AWS/Lambda", "Throttles", {}),
    ("Almoner/${Environment}", "calls", {"outcome": "ThrottlingException"}),
    ("Almoner/${Environment}", "failures", {"kind": agent.KIND}),
    ("Almoner/${Environment}", "failures", {"kind": starting.KIND}),
    ("Almoner/${Environment}", "connectionsPercent", {"service": "personalization"}),
    ("AWS/ApiGateway", "IntegrationError", {}),
    ("AWS/ApiGateway", "ExecutionError", {}),
    ("AWS/ApiGateway", "5XXError", {}),
]


@pytest.mark.parametrize(("namespace", "metric", "by"), _REQUIRED)
def test_somebody_hears_of_it(namespace: str, metric: str, by: Mapping[str, str]) -> None:
    namespace = namespace.replace("${Environment}", _ENVIRONMENT)
    found = [
        alarm
        for _, alarm in alarms()
        if (alarm["Namespace"], alarm["MetricName"]) == (namespace, metric)
        and by.items() <= {each["Name"]: each["Value"] for each in alarm.get("Dimensions", ())}.items()
    ]
    assert found
    assert all(alarm["AlarmActions"] for alarm in found)


def test_every_way_in_which_a_state_machine_ends_badly_has_an_alarm() -> None:
    machines = [stack for stack in STACKS for _ in stack.resources("AWS::StepFunctions::StateMachine")]
    ends = ("ExecutionsFailed", "ExecutionsTimedOut", "ExecutionsAborted")
    metrics = [alarm["MetricName"] for _, alarm in alarms() if alarm["Namespace"] == "AWS/States"]
    assert machines
    assert sorted(metrics) == sorted(end for _ in machines for end in ends)


def test_sockets_sound_at_four_fifths_and_time_at_the_95th_percentile() -> None:
    thresholds = {alarm["MetricName"]: alarm["Threshold"] for _, alarm in alarms()}
    statistics = {alarm["MetricName"]: alarm.get("ExtendedStatistic") for _, alarm in alarms()}
    assert thresholds["connectionsPercent"] == 80
    assert statistics["durationMs"] == "p95"


def test_every_queue_of_failures_has_an_alarm() -> None:
    watched = {
        each["Value"]
        for _, alarm in alarms()
        if alarm["Namespace"] == "AWS/SQS"
        for each in alarm.get("Dimensions", ())
    }
    queues = {
        stack.rendered({"Fn::GetAtt": [name, "QueueName"]}): name
        for stack in STACKS
        for name, properties in stack.resources("AWS::SQS::Queue")
        if "RedrivePolicy" not in properties  # that is a queue of work
    }
    assert not {name for queue, name in queues.items() if queue not in watched}


def test_a_traced_state_machine_may_write_its_traces() -> None:
    for stack in STACKS:
        for _, machine in stack.resources("AWS::StepFunctions::StateMachine"):
            assert machine["TracingConfiguration"]["Enabled"] in {True, False}
            actions = [
                action
                for _, role in stack.resources("AWS::IAM::Role")
                if "states" in str(role["AssumeRolePolicyDocument"])
                for policy in role["Policies"]
                for statement in policy["PolicyDocument"]["Statement"]
                for action in statement["Action"]
            ]
            assert {"xray:PutTraceSegments", "xray:GetSamplingRules"} <= set(actions)


def test_each_context_and_the_whole_have_a_dashboard() -> None:
    named = [name.split("-")[-2] if "-1ABC" in name else "whole" for name, _ in dashboards()]
    assert sorted(named) == [
        "Backend",
        "Backend",
        "Communications",
        "Identity",
        "KnowledgeBase",
        "whole",
    ]  # those of personalization and commerce are in their backends


@each_dashboard
def test_widgets_show_metrics_that_are_there(widgets: list[Json]) -> None:
    shown = [metric for widget in widgets if widget["type"] == "metric" for metric in widget["properties"]["metrics"]]
    assert shown
    for metric in shown:
        if isinstance(metric[0], dict):
            found = _SEARCH.fullmatch(metric[0]["expression"])
            assert found, metric
            namespace, dimensions, name, _ = found.groups()
            assert exists(namespace, name, frozenset(dimensions.split(",")))
        else:
            namespace, name, *rest = [each for each in metric if isinstance(each, str)]
            assert exists(namespace, name, frozenset(rest[::2])), metric
            assert values_are_those_of_the_code(dict(zip(rest[::2], rest[1::2], strict=True))), metric


@each_dashboard
def test_widgets_have_the_form_that_cloudwatch_takes(widgets: list[Json]) -> None:
    """Source: Dashboard Body Structure and Syntax, in CloudWatch's API reference."""
    assert len(widgets) <= 500
    for widget in widgets:
        properties = widget["properties"]
        assert widget["type"] in {"metric", "log", "alarm"}
        assert 1 <= widget["width"] <= 24
        assert 1 <= widget["height"] <= 1000
        assert properties["title"]
        if widget["type"] != "alarm":
            assert properties["region"]
        if widget["type"] == "log":
            assert re.match(r"SOURCE '[^'$]+' \| ", properties["query"])
        if widget["type"] == "alarm":
            assert 1 <= len(properties["alarms"]) <= 100


def test_every_alarm_is_on_the_dashboard_of_the_whole() -> None:
    shown = {arn for name, widgets in dashboards() if "-1ABC" not in name for arn in alarms_of(widgets)}
    there = {
        stack.rendered({"Fn::GetAtt": [name, "Arn"]})
        for stack in STACKS
        for name, _ in stack.resources("AWS::CloudWatch::Alarm")
    }
    assert len(there) == len(list(alarms()))
    assert shown == there


def alarms_of(widgets: list[Json]) -> list[Any]:
    return [arn for widget in widgets if widget["type"] == "alarm" for arn in widget["properties"]["alarms"]]
