import gc
import socket
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from botocore.exceptions import ClientError

from shared.aws import clients
from shared.aws.clients import client, close_connections
from shared.aws.failures import (
    code,
    is_of_a_repetition,
    status,
    unavailable_where_out_of_reach,
)
from shared.aws.repetition import sent_once
from shared.errors import Unavailable
from tests.shared.aws.aws_server import Answers, AwsServer, Hangs, HangsUp, Outcome, answers, refuses

_MESSAGE = {"QueueUrl": "https://sqs/queue", "MessageBody": "run"}


def _refused(*, attempts: int = 3) -> ClientError:
    with pytest.raises(ClientError) as error, unavailable_where_out_of_reach():
        client("sqs", attempts=attempts).send_message(**_MESSAGE)
    return error.value


# --- One client for all


@pytest.mark.usefixtures("aws")
def test_same_service_and_configuration_is_the_same_client() -> None:
    assert client("sqs") is client("sqs")
    assert client("sqs") is not client("sqs", attempts=1)
    assert client("sqs") is not client("s3")


@pytest.mark.usefixtures("aws")
def test_threads_that_ask_at_once_get_the_same_client() -> None:
    at_once = threading.Barrier(8)

    def ask(_: int) -> object:
        at_once.wait()
        return client("sqs")

    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(ask, range(8)))) == 1


def test_client_waits_a_second_to_connect_and_five_to_read_by_default(aws: AwsServer) -> None:
    config = client("sqs").meta.config
    assert (config.connect_timeout, config.read_timeout) == (1.0, 5.0)
    assert config.retries == {"mode": "standard", "total_max_attempts": 3}

    hurried = client("sqs", connect_seconds=0.5, read_seconds=0.2, attempts=1)
    aws.outcomes = [Hangs()]
    with pytest.raises(Unavailable), unavailable_where_out_of_reach():
        hurried.send_message(**_MESSAGE)

    assert len(aws.requests) == 1


# --- What is sent


def test_call_goes_out_signed_in_the_functions_region(aws: AwsServer) -> None:
    client("sqs").send_message(**_MESSAGE)

    [request] = aws.requests
    assert request.operation == "SendMessage"
    assert "/us-west-2/sqs/aws4_request" in request.headers["Authorization"]


def test_trace_is_handed_on(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_LAMBDA_FUNCTION_NAME", "function")
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3")

    client("sqs").send_message(**_MESSAGE)

    [request] = aws.requests
    assert request.headers["X-Amzn-Trace-Id"] == "Root=1-2-3"


def test_own_endpoint_of_a_service_goes_before_the_common_one(aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> None:
    assert client("sqs").meta.endpoint_url == aws.url
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:2")
    assert client("stepfunctions").meta.endpoint_url == "http://127.0.0.1:2"
    assert client("stepfunctions", endpoint_url="http://127.0.0.1:3").meta.endpoint_url == "http://127.0.0.1:3"


def test_all_buckets_are_reached_at_one_host(aws: AwsServer) -> None:
    aws.outcomes = [Answers(b"")]
    client("s3").put_object(Bucket="pictures", Key="a key", Body=b"")

    [request] = aws.requests
    assert request.target == "/pictures/a%20key"


# --- Connections


def test_connection_is_kept_for_the_next_call_also_after_a_refusal(aws: AwsServer) -> None:
    aws.outcomes = [answers(), refuses("AccessDenied")]
    client("sqs").send_message(**_MESSAGE)
    _refused()
    client("sqs").send_message(**_MESSAGE)

    assert len({request.connection for request in aws.requests}) == 1


def test_connection_that_was_closed_while_idle_costs_nothing(aws: AwsServer) -> None:
    aws.outcomes = [answers(then_closes=True)]
    careful = client("sqs", attempts=1)
    careful.send_message(**_MESSAGE)
    aws.wait_until_closed(aws.requests[0].connection)

    careful.send_message(**_MESSAGE)

    assert len({request.connection for request in aws.requests}) == 2


def test_as_many_threads_as_connections_find_theirs_again(aws: AwsServer) -> None:
    queue = client("sqs")

    def send(number: int) -> None:
        queue.send_message(QueueUrl="https://sqs/queue", MessageBody=str(number))

    with ThreadPoolExecutor(32) as threads:
        list(threads.map(send, range(300)))

    assert sorted(int(request.json["MessageBody"]) for request in aws.requests) == list(range(300))
    assert len({request.connection for request in aws.requests}) <= 32


def test_client_goes_on_after_its_connections_were_closed(aws: AwsServer) -> None:
    client("sqs").send_message(**_MESSAGE)
    close_connections()
    gc.collect()  # an unclosed socket would be noticed here
    client("sqs").send_message(**_MESSAGE)

    assert len({request.connection for request in aws.requests}) == 2


@pytest.mark.usefixtures("aws")
def test_connections_can_be_closed_while_threads_use_them() -> None:
    queue = client("sqs")
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(queue.send_message, **_MESSAGE) for _ in range(50)]
        close_connections()

    assert all(call.result() for call in calls)


# --- What is tried again, and what becomes of it


@pytest.mark.parametrize(
    "outcome",
    [
        refuses("ThrottlingException"),
        refuses("InternalError", 500),
        Answers(b"<html>", 503),
        HangsUp(),
        answers(announced_bytes=99),
    ],
    ids=["throttled", "internal error", "no JSON", "hangs up", "breaks off"],
)
def test_call_is_repeated_unless_it_must_not_be(aws: AwsServer, outcome: Outcome) -> None:
    aws.outcomes = [outcome, answers({"MessageId": "1"})]
    assert client("sqs").send_message(**_MESSAGE)["MessageId"] == "1"

    aws.outcomes, aws.requests[:] = [outcome], []
    with pytest.raises(Unavailable), unavailable_where_out_of_reach(), sent_once():
        client("sqs").send_message(**_MESSAGE)
    assert len(aws.requests) == 1


def test_calls_of_other_threads_and_of_later_are_repeated(aws: AwsServer) -> None:
    aws.outcomes = [HangsUp(), answers({"MessageId": "1"})]
    with sent_once(), ThreadPoolExecutor(1) as other:
        other.submit(client("sqs").send_message, **_MESSAGE).result()

    aws.outcomes = [HangsUp(), answers({"MessageId": "2"})]
    assert client("sqs").send_message(**_MESSAGE)["MessageId"] == "2"


def test_service_that_stays_busy_is_given_up_after_three_attempts(aws: AwsServer) -> None:
    aws.outcomes = [refuses("ThrottlingException")] * 9

    with pytest.raises(Unavailable) as error, unavailable_where_out_of_reach():
        client("sqs").send_message(**_MESSAGE)

    assert len(aws.requests) == 3
    assert error.value.retry_after_seconds >= 1


@pytest.mark.usefixtures("aws")
def test_service_out_of_reach_is_unavailable_and_stays_unnamed() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]

    with pytest.raises(Unavailable) as error, unavailable_where_out_of_reach():
        client("sqs", endpoint_url=f"http://127.0.0.1:{port}").send_message(**_MESSAGE)

    assert "127.0.0.1" not in error.value.detail
    assert "sqs" not in error.value.detail.lower()


@pytest.mark.parametrize("refusal", ["ConditionalRequestConflict", "TransactionConflictException", "SlowDown"])
def test_refusal_that_may_be_no_more_in_a_moment_is_unavailable(aws: AwsServer, refusal: str) -> None:
    aws.outcomes = [refuses(refusal)] * 3

    with pytest.raises(Unavailable), unavailable_where_out_of_reach():
        client("sqs").send_message(**_MESSAGE)


def test_every_other_refusal_has_its_code_and_status(aws: AwsServer) -> None:
    aws.outcomes = [refuses("AccessDeniedException", 403)]

    refusal = _refused()

    assert (code(refusal), status(refusal), is_of_a_repetition(refusal)) == ("AccessDeniedException", 403, False)
    assert len(aws.requests) == 1


def test_refusal_of_a_repetition_says_so(aws: AwsServer) -> None:
    aws.outcomes = [HangsUp(), refuses("AccessDeniedException")]

    assert is_of_a_repetition(_refused())


@pytest.mark.usefixtures("aws")
def test_what_is_no_failure_of_aws_passes() -> None:
    with pytest.raises(KeyError), unavailable_where_out_of_reach():
        raise KeyError


def test_clients_of_a_test_are_its_own() -> None:
    """The environment changes from one to the next."""
    assert clients._clients == {}
