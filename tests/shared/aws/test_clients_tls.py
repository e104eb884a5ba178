"""On AWS every connection is encrypted: the same promises over TLS."""

import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.errors import Unavailable
from shared.models.bedrock import BedrockModel
from shared.resilience.interruption import Interruption, interruptible_by
from tests.shared.aws.aws_server import AwsServer, answers, running_aws_server
from tests.shared.aws.tls import server_context, write_certificate
from tests.shared.models.converse_server import HELLO, ConverseServer, Hangs, Outcome, Streams, running_converse_server
from tests.shared.models.test_bedrock_stream import BEGIN, said

_MESSAGE = {"QueueUrl": "https://sqs/queue", "MessageBody": "x" * 100_000}


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    write_certificate(file)
    return file


@pytest.fixture
def trusted(certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def tls(request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> ssl.SSLContext:
    for name, value in {"REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return server_context(certificate, request.param)


@pytest.fixture
def aws(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    with running_aws_server(tls) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        yield server


@pytest.fixture
def bedrock(tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch) -> Iterator[ConverseServer]:
    with running_converse_server(tls) as server:
        monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", server.url)
        yield server


@pytest.mark.usefixtures("trusted")
def test_encrypted_connection_is_kept_too(aws: AwsServer) -> None:
    for _ in range(5):
        client("sqs").send_message(**_MESSAGE)

    assert len({request.connection for request in aws.requests}) == 1


@pytest.mark.usefixtures("trusted")
def test_encrypted_connection_that_was_closed_while_idle_costs_nothing(aws: AwsServer) -> None:
    aws.outcomes = [answers(then_closes=True)]
    careful = client("sqs", attempts=1)
    careful.send_message(**_MESSAGE)
    aws.wait_until_closed(aws.requests[0].connection)

    careful.send_message(**_MESSAGE)

    assert len(aws.requests) == 2


def test_nothing_is_sent_to_whoever_cannot_show_a_certificate_that_we_trust(aws: AwsServer) -> None:
    with pytest.raises(Unavailable), unavailable_where_out_of_reach():
        client("sqs", attempts=1).send_message(**_MESSAGE)

    assert aws.requests == []


@pytest.mark.usefixtures("trusted")
@pytest.mark.parametrize(
    ("outcome", "words"),
    [(Hangs(), []), (Streams((BEGIN, said("Hello")), then="hangs"), ["Hello"])],
    ids=["before its head", "between its words"],
)
def test_encrypted_stream_is_interrupted_at_once(bedrock: ConverseServer, outcome: Outcome, words: list[str]) -> None:
    bedrock.outcomes.append(outcome)
    interruption, heard, failures = Interruption(), list[object](), list[Exception]()

    def listen() -> None:
        try:
            with interruptible_by(interruption):
                heard.extend(BedrockModel("model", max_tokens=1024, attempt_seconds=30).stream(HELLO))
        except Unavailable as error:
            failures.append(error)

    thread = threading.Thread(target=listen)
    thread.start()
    while not bedrock.requests:
        assert thread.is_alive()
    time.sleep(0.2)  # now it waits

    interruption.end()
    thread.join(3)  # within a second, on a machine with time

    assert not thread.is_alive()
    assert heard == words
    assert [type(failure) for failure in failures] == [Unavailable]
    if words:
        assert bedrock.left.wait(5)
