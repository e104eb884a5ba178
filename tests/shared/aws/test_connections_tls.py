"""On AWS every connection is encrypted: the same promises over TLS."""

import ssl
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from shared.aws import connections
from shared.aws.service import Service
from shared.errors import Unavailable
from tests.shared.aws.aws_server import AwsServer, answers, running_aws_server
from tests.shared.clocks import FakeClock


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A key and a certificate that signs itself, for 127.0.0.1."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "almoner tests")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(
            x509.KeyUsage(True, False, False, False, False, True, True, False, False),
            critical=True,
        )
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "certificate.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + signed.public_bytes(serialization.Encoding.PEM))
    return file


@pytest.fixture(params=[ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda version: version.name)
def aws(request: pytest.FixtureRequest, certificate: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    for name, value in {"REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    tls = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    tls.load_cert_chain(certificate)
    tls.minimum_version = tls.maximum_version = request.param
    connections._trusted.cache_clear()
    with running_aws_server(tls) as server:
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
