import socket
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from shared.aws.connections import TooMuch
from shared.aws.service import AwsError, Service
from shared.errors import Unavailable
from tests.shared.aws.aws_server import Answers, AwsServer, Hangs, HangsUp, Outcome, answers, refuses
from tests.shared.clocks import FakeClock


@pytest.fixture
def clock() -> FakeClock:
    return FakeClock()


@pytest.fixture
def dynamodb(aws: AwsServer, clock: FakeClock) -> Iterator[Service]:  # noqa: ARG001  aws: the surroundings
    service = Service("dynamodb", sleep=clock.sleep, jitter=lambda _, longest: longest, clock=clock)
    yield service
    service.close()


# --- What is asked


def test_operation_goes_out_signed_as_its_protocol_wants(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [answers({"Item": {}})]

    assert dynamodb.call("GetItem", {"Key": "ü"}) == {"Item": {}}

    [asked] = aws.asked
    assert (asked.method, asked.target, asked.json) == ("POST", "/", {"Key": "ü"})
    assert asked.headers["X-Amz-Target"] == "DynamoDB_20120810.GetItem"
    assert asked.headers["Content-Type"] == "application/x-amz-json-1.0"
    assert "/us-west-2/dynamodb/aws4_request" in asked.headers["Authorization"]
    assert asked.headers["Host"] == aws.url.removeprefix("http://")


@pytest.mark.parametrize(
    ("name", "operation", "target", "content_type"),
    [
        ("sqs", "SendMessage", "AmazonSQS.SendMessage", "application/x-amz-json-1.0"),
        ("states", "StartExecution", "AWSStepFunctions.StartExecution", "application/x-amz-json-1.0"),
        ("events", "PutEvents", "AWSEvents.PutEvents", "application/x-amz-json-1.1"),
    ],
)
def test_every_service_is_spoken_to_in_its_own_way(
    aws: AwsServer, name: str, operation: str, target: str, content_type: str
) -> None:
    Service(name).call(operation, {})

    [asked] = aws.asked
    assert asked.headers["X-Amz-Target"] == target
    assert asked.headers["Content-Type"] == content_type


def test_rest_request_follows_the_path_of_its_endpoint(aws: AwsServer) -> None:
    service = Service("execute-api", f"{aws.url}/live/")
    aws.outcomes = [Answers(b"", 200)]

    service.request("POST", "/@connections/abc%3D", body=b"frame")

    [asked] = aws.asked
    assert asked.target == "/live/@connections/abc%3D"
    assert asked.body == b"frame"


def test_s3_gets_the_hash_of_what_it_stores(aws: AwsServer) -> None:
    aws.outcomes = [Answers(b"stored", 200, {"ETag": '"1"'})]

    answer = Service("s3").request("PUT", "/bucket/a%20key", {"x": "1 2"}, {"Content-Type": "text/plain"}, b"body")

    [asked] = aws.asked
    assert (answer.body, answer.header("etag")) == (b"stored", '"1"')
    assert asked.target == "/bucket/a%20key?x=1%202"
    assert len(asked.headers["X-Amz-Content-SHA256"]) == 64


def test_trace_is_handed_on_without_being_signed(
    aws: AwsServer, dynamodb: Service, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("_X_AMZN_TRACE_ID", "Root=1-2-3")

    dynamodb.call("GetItem", {})

    [asked] = aws.asked
    assert asked.headers["X-Amzn-Trace-Id"] == "Root=1-2-3"
    assert "trace" not in asked.headers["Authorization"]


def test_own_endpoint_of_a_service_goes_before_the_common_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_REGION", "eu-west-2")
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)
    assert Service("sqs").endpoint == "https://sqs.eu-west-2.amazonaws.com"
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    assert Service("states").endpoint == "http://127.0.0.1:1"
    monkeypatch.setenv("AWS_ENDPOINT_URL_SFN", "http://127.0.0.1:2")
    assert Service("states").endpoint == "http://127.0.0.1:2"


@pytest.mark.parametrize(
    ("path", "header"), [("/a b", "x"), ("/a\r\nHost: other", "x"), ("/a", "x\r\nHost: other"), ("/a", "x\nY: z")]
)
def test_nothing_that_would_begin_another_line_is_sent(aws: AwsServer, path: str, header: str) -> None:
    with pytest.raises(ValueError, match="one line"):
        Service("s3").request("GET", path, headers={"X-Note": header})

    assert aws.asked == []


# --- Connections


def test_connection_is_kept_for_the_next_call(aws: AwsServer, dynamodb: Service) -> None:
    for _ in range(3):
        dynamodb.call("GetItem", {})

    assert len({asked.connection for asked in aws.asked}) == 1


def test_connection_is_kept_after_a_refusal_too(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [refuses("ValidationException")]
    with pytest.raises(AwsError):
        dynamodb.call("GetItem", {})
    dynamodb.call("GetItem", {})

    assert len({asked.connection for asked in aws.asked}) == 1


def test_threads_do_not_share_a_connection(aws: AwsServer, dynamodb: Service) -> None:
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda number: dynamodb.call("GetItem", {"n": number}), range(200)))

    assert sorted(asked.json["n"] for asked in aws.asked) == list(range(200))
    assert len({asked.connection for asked in aws.asked}) <= 8


def test_connection_that_was_closed_while_idle_costs_nothing(
    aws: AwsServer, dynamodb: Service, clock: FakeClock
) -> None:
    aws.outcomes = [answers(then_closes=True), answers({"Item": {}})]
    dynamodb.call("GetItem", {})
    aws.wait_until_closed(aws.asked[0].connection)

    assert dynamodb.call("UpdateItem", {}, repeatable=False) == {"Item": {}}

    assert len({asked.connection for asked in aws.asked}) == 2
    assert clock.slept == []


def test_connection_that_was_idle_for_minutes_is_not_trusted(
    aws: AwsServer, dynamodb: Service, clock: FakeClock
) -> None:
    for pause_seconds in (0, 200, 200, 300):
        clock.now += pause_seconds
        dynamodb.call("GetItem", {})

    first, second, third, fourth = (asked.connection for asked in aws.asked)
    assert first == second == third != fourth


def test_after_a_silence_no_idle_connection_is_trusted(aws: AwsServer, dynamodb: Service) -> None:
    at_once = threading.Barrier(2)

    def call(number: int) -> None:
        at_once.wait()
        dynamodb.call("GetItem", {"n": number})

    with ThreadPoolExecutor(2) as threads:
        list(threads.map(call, range(2)))
    known = {asked.connection for asked in aws.asked}
    aws.outcomes = [Hangs(), answers({"Item": {}})]

    assert dynamodb.call("GetItem", {}, read_seconds=0.2) == {"Item": {}}

    assert aws.asked[-1].connection not in known


# --- What is tried again


@pytest.mark.parametrize("code", ["ThrottlingException", "ProvisionedThroughputExceededException"])
def test_busy_service_is_asked_again_after_growing_waits(
    aws: AwsServer, dynamodb: Service, clock: FakeClock, code: str
) -> None:
    aws.outcomes = [refuses(code), refuses(code), answers({"Item": {}})]

    assert dynamodb.call("UpdateItem", {}, repeatable=False) == {"Item": {}}  # it says that it did nothing
    assert clock.slept == [0.05, 0.1]


@pytest.mark.parametrize(
    "outcome",
    [refuses("InternalServerError", 500), Answers(b"<html>", 503), HangsUp(), answers(announced_bytes=99)],
    ids=["internal error", "no JSON", "hangs up", "breaks off"],
)
def test_repeatable_call_whose_fate_is_unknown_is_repeated(aws: AwsServer, dynamodb: Service, outcome: Outcome) -> None:
    aws.outcomes = [outcome, answers({"Item": {}})]

    assert dynamodb.call("GetItem", {}) == {"Item": {}}


@pytest.mark.parametrize(
    "outcome",
    [refuses("InternalServerError", 500), HangsUp(), Hangs(), answers(announced_bytes=99), Answers(b"<html>")],
    ids=["internal error", "hangs up", "hangs", "breaks off", "no JSON"],
)
def test_other_call_whose_fate_is_unknown_is_not_repeated(aws: AwsServer, dynamodb: Service, outcome: Outcome) -> None:
    aws.outcomes = [outcome]

    with pytest.raises(Unavailable):
        dynamodb.call("UpdateItem", {}, repeatable=False, read_seconds=0.2)

    assert len(aws.asked) == 1


def test_service_that_stays_busy_is_given_up_after_three_attempts(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [refuses("ThrottlingException")] * 9

    with pytest.raises(Unavailable) as error:
        dynamodb.call("GetItem", {})

    assert len(aws.asked) == 3
    assert error.value.retry_after_seconds >= 1


def test_service_out_of_reach_is_unavailable_and_stays_unnamed(clock: FakeClock, aws: AwsServer) -> None:  # noqa: ARG001
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    service = Service("dynamodb", f"http://127.0.0.1:{port}", sleep=clock.sleep)

    with pytest.raises(Unavailable) as error:
        service.call("UpdateItem", {}, repeatable=False)  # nothing was sent: safe to try again

    assert len(clock.slept) == 2
    assert "127.0.0.1" not in error.value.detail


def test_slow_answer_is_no_answer(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [Hangs(), answers({"Item": {}})]

    assert dynamodb.call("GetItem", {}, read_seconds=0.2) == {"Item": {}}


# --- What is refused


def test_refusal_has_its_code_and_what_else_was_said(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [refuses("TransactionCanceledException", CancellationReasons=[{"Code": "None"}])]

    with pytest.raises(AwsError) as error:
        dynamodb.call("TransactWriteItems", {})

    refusal = error.value
    assert (refusal.code, refusal.status, refusal.repeated) == ("TransactionCanceledException", 400, False)
    assert refusal.details["CancellationReasons"] == [{"Code": "None"}]
    assert refusal.message not in str(refusal)  # it may quote data
    assert len(aws.asked) == 1


def test_refusal_of_a_repetition_says_so(aws: AwsServer, dynamodb: Service) -> None:
    aws.outcomes = [HangsUp(), refuses("ConditionalCheckFailedException")]

    with pytest.raises(AwsError) as error:
        dynamodb.call("PutItem", {})

    assert error.value.repeated


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        (Answers(b"", 410, {"x-amzn-ErrorType": "GoneException:http://internal"}), "GoneException"),
        (Answers(b"<Error><Code>NoSuchKey</Code></Error>", 404), "NoSuchKey"),
        (answers({"error": {"type": "index_not_found_exception"}}, status=404), "index_not_found_exception"),
        (answers({"error": "alias [products] missing"}, status=404), "Status404"),
        (Answers(b"not here", 404), "Status404"),
        (Answers(b"[1]", 403), "Status403"),
    ],
    ids=["REST", "XML", "OpenSearch", "OpenSearch in words", "text", "a list"],
)
def test_every_protocol_tells_its_errors(aws: AwsServer, answer: Answers, code: str) -> None:
    aws.outcomes = [answer]

    with pytest.raises(AwsError) as error:
        Service("s3").request("GET", "/bucket/key")

    assert error.value.code == code


def test_answer_of_any_size_is_not_swallowed(aws: AwsServer) -> None:
    aws.outcomes = [Answers(b"x" * 11)]

    with pytest.raises(TooMuch):
        Service("s3").request("GET", "/bucket/key", most_bytes=10)


def test_post_is_not_repeated_unless_told_to(aws: AwsServer) -> None:
    service = Service("execute-api", aws.url)
    aws.outcomes = [HangsUp()]
    with pytest.raises(Unavailable):
        service.request("POST", "/@connections/x")
    aws.outcomes = [HangsUp(), answers()]
    service.request("POST", "/@connections/x", repeatable=True)

    assert len(aws.asked) == 3


def test_service_is_safe_to_close_while_threads_use_it(dynamodb: Service) -> None:
    with ThreadPoolExecutor(4) as threads:
        calls = [threads.submit(dynamodb.call, "GetItem", {}) for _ in range(50)]
        dynamodb.close()

    assert [call.result() for call in calls] == [{}] * 50
