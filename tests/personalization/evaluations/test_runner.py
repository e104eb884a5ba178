import json
from datetime import UTC, datetime

import pytest
from botocore.exceptions import ClientError

from personalization.evaluations.adapters.runner import StateMachineRunner
from personalization.evaluations.domain.evaluation import Evaluation
from shared.errors import Unavailable
from tests.shared.aws.aws_server import AwsServer, HangsUp, answers, refuses

ARN = "arn:aws:states:us-west-2:123456789012:stateMachine:evaluate"
EVALUATION = Evaluation(
    project_id="p1",
    evaluation_id="e1",
    user_id="ada",
    subject=(),
    cards=(),
    case_ids=("a", "b"),
    started_at=datetime(2026, 1, 1, tzinfo=UTC),
)
STARTED = answers({"executionArn": "arn:execution", "startDate": 1767225600})


def test_execution_is_named_after_the_evaluation(aws: AwsServer) -> None:
    aws.outcomes = [STARTED]

    StateMachineRunner(ARN).start(EVALUATION)

    [request] = aws.requests
    assert request.operation == "StartExecution"
    assert (request.json["stateMachineArn"], request.json["name"]) == (ARN, "e1")
    assert json.loads(request.json["input"]) == {"projectId": "p1", "evaluationId": "e1", "caseIds": ["a", "b"]}


def test_evaluation_that_runs_already_is_not_started_again(aws: AwsServer) -> None:
    aws.outcomes = [HangsUp(), refuses("ExecutionAlreadyExists")]

    StateMachineRunner(ARN).start(EVALUATION)

    assert len(aws.requests) == 2


def test_other_refusal_passes_as_it_is(aws: AwsServer) -> None:
    aws.outcomes = [refuses("StateMachineDoesNotExist")]

    with pytest.raises(ClientError, match="StateMachineDoesNotExist"):
        StateMachineRunner(ARN).start(EVALUATION)


def test_service_out_of_reach_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes = [answers(status=503)] * 3

    with pytest.raises(Unavailable):
        StateMachineRunner(ARN).start(EVALUATION)
