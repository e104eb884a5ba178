import pytest

from shared.errors import Unavailable
from shared.runs.queue import SqsRunQueue
from tests.shared.aws.aws_server import AwsServer, HangsUp, refuses
from tests.shared.runs.fake_runs import a_run


def test_run_is_put_by_its_id(aws: AwsServer) -> None:
    SqsRunQueue("https://queue").put(a_run())

    [request] = aws.requests
    assert request.operation == "SendMessage"
    assert request.json == {"QueueUrl": "https://queue", "MessageBody": a_run().run_id}


def test_run_that_may_not_have_arrived_is_put_again(aws: AwsServer) -> None:
    aws.outcomes = [HangsUp()]

    SqsRunQueue("https://queue").put(a_run())

    assert len(aws.requests) == 2


def test_queue_that_takes_nothing_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes = [refuses("ThrottlingException")] * 3

    with pytest.raises(Unavailable):
        SqsRunQueue("https://queue").put(a_run())
