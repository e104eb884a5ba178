"""On AWS every connection is encrypted: the same promises over TLS."""

import ssl
from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.aws import connections
from shared.aws.service import Service
from shared.errors import Unavailable
from tests.shared.aws.aws_server import AwsServer, answers, running_aws_server
from tests.shared.aws.tls import server_context, write_certificate
from tests.shared.clocks import FakeClock


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    write_certificate(file)
    return file


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def aws(request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    for name, value in {"REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    connections._trusted.cache_clear()
    with running_aws_server(server_context(certificate, request.param)) as server:
        yield server
    connections._trusted.cache_clear()


def test_encrypted_connection_is_kept_too(aws: AwsServer, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    service = Service("dynamodb", aws.url)
    aws.outcomes = [answers({"n": n, "text": "x" * 100_000}) for n in range(5)]

    assert [service.call("GetItem", {"n": n})["n"] for n in range(5)] == [0, 1, 2, 3, 4]

    assert len({asked.connection for asked in aws.asked}) == 1
    service.close()


def test_encrypted_connection_that_was_closed_while_idle_costs_nothing(
    aws: AwsServer, certificate: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_CA_BUNDLE", str(certificate))
    clock = FakeClock()
    service = Service("dynamodb", aws.url, sleep=clock.sleep)
    aws.outcomes = [answers(then_closes=True), answers({"Item": {}})]
    service.call("GetItem", {})
    aws.wait_until_closed(aws.asked[0].connection)

    assert service.call("UpdateItem", {}, repeatable=False) == {"Item": {}}
    assert clock.slept == []
    service.close()


def test_nothing_is_sent_to_whoever_cannot_show_a_certificate_that_we_trust(aws: AwsServer) -> None:
    clock = FakeClock()

    with pytest.raises(Unavailable):
        Service("dynamodb", aws.url, sleep=clock.sleep).call("GetItem", {})

    assert aws.asked == []
