import json
from collections.abc import Iterator
from typing import Any

import pytest

from knowledge_base.customers.domain.migrating import Migrated, MigrationChanged, Unfinished
from knowledge_base.records import wiring
from knowledge_base.records.handlers.migrate_database import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.shared.aws.aws_server import AwsServer, answers
from tests.shared.lambda_context import Invocation, fails_as


class Context(Invocation):
    def get_remaining_time_in_millis(self) -> int:  # type: ignore[override]
        return 900_000


CONTEXT = Context()


class FakeSchema:
    def __init__(self) -> None:
        self.outcomes: list[Migrated | Exception] = []
        self.seconds = 0.0

    def migrate(self, deadline: Deadline) -> Migrated:
        self.seconds = deadline.remaining_seconds
        outcome = self.outcomes.pop(0)
        if isinstance(outcome, Exception):
            raise outcome
        return outcome


@pytest.fixture
def schema(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeSchema]:
    fake = FakeSchema()
    monkeypatch.setattr(wiring, "schema", lambda: fake)
    yield fake
    assert fake.outcomes == []


def deployment(aws: AwsServer, request_type: str = "Update") -> dict[str, Any]:
    """What CloudFormation sends of a custom resource."""
    return {
        "RequestType": request_type,
        "ResponseURL": f"{aws.url}/answers?X-Amz-Signature=abc",
        "StackId": "arn:stack",
        "RequestId": "request-1",
        "LogicalResourceId": "NewestSchema",
        "ResourceType": "Custom::Schema",
        "ResourceProperties": {"Release": "2"},
    }


def test_whoever_invokes_it_reads_what_was_applied(schema: FakeSchema) -> None:
    schema.outcomes.append(Migrated((2, 3), is_complete=True))
    event = json.loads((ROOT / "events/knowledge_base/migrate_database.json").read_text())
    assert handler(event, CONTEXT) == {"applied": [2, 3]}
    assert 880 < schema.seconds < 900


@pytest.mark.parametrize("request_type", ["Create", "Update"])
def test_deployments_get_their_answer(schema: FakeSchema, aws: AwsServer, request_type: str) -> None:
    schema.outcomes.append(Migrated((), is_complete=True))
    aws.outcomes.append(answers())
    handler(deployment(aws, request_type), CONTEXT)
    [request] = aws.requests
    assert (request.method, request.target) == ("PUT", "/answers?X-Amz-Signature=abc")
    assert request.headers.get("Content-Type", "") == ""
    ids = {"StackId": "arn:stack", "RequestId": "request-1", "LogicalResourceId": "NewestSchema"}
    assert request.json == {**ids, "Status": "SUCCESS", "PhysicalResourceId": "schema"}


@pytest.mark.usefixtures("schema")
def test_data_outlives_the_deployment(aws: AwsServer) -> None:
    aws.outcomes.append(answers())
    handler(deployment(aws, "Delete"), CONTEXT)
    assert aws.requests[0].json["Status"] == "SUCCESS"


def test_a_changed_migration_fails_the_deployment(schema: FakeSchema, aws: AwsServer) -> None:
    schema.outcomes.append(MigrationChanged(2))
    aws.outcomes.append(answers())
    with fails_as(MigrationChanged):
        handler(deployment(aws), CONTEXT)
    answer = aws.requests[0].json
    assert (answer["Status"], answer["Reason"]) == ("FAILED", "Migration 2 has changed since it was applied.")


def test_what_is_not_finished_is_tried_again_before_there_is_an_answer(schema: FakeSchema, aws: AwsServer) -> None:
    schema.outcomes += [Unavailable("down"), Migrated((2,), is_complete=False)]
    for error in (Unavailable, Unfinished):
        with fails_as(error):
            handler(deployment(aws), CONTEXT)
    assert aws.requests == []


def test_an_answer_that_does_not_arrive_is_given_again(schema: FakeSchema, aws: AwsServer) -> None:
    schema.outcomes.append(Migrated((), is_complete=True))
    aws.outcomes.append(answers(status=503))
    with fails_as(Unavailable):
        handler(deployment(aws), CONTEXT)
