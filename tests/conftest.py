import logging
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, settings

from shared.aws import clients
from shared.http import edge as http_edge
from shared.http.edge import edge_settings
from tests.shared.auth.fake_ends import access_of
from tests.shared.aws.aws_server import AwsServer, running_aws_server
from tests.shared.dynamodb.clients import forget_clients
from tests.shared.emulator import running_emulator
from tests.shared.gateway_events import CLIENT_ID, ISSUER, ORIGIN

# A busy machine is no bug: neither an example's duration nor the time it took to make one fails a test. And a contract
# is a class from which each of those who keep it inherits.
settings.register_profile(
    "untimed", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.differing_executors]
)
settings.load_profile("untimed")

# Powertools notes what it does in lines that are written nowhere; pytest would capture them among a test's own.
logging.getLogger("aws_lambda_powertools").setLevel(logging.CRITICAL)


@pytest.fixture(autouse=True)
def own_clients(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test has AWS elsewhere."""
    monkeypatch.setattr(clients, "_clients", {})
    yield
    clients.close_connections()


@pytest.fixture
def in_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """What Lambda tells every function's clients by its environment."""
    for name, value in {"DEFAULT_REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_SESSION_TOKEN", "_X_AMZN_TRACE_ID"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(scope="module")
def running_aws() -> Iterator[AwsServer]:
    with running_aws_server() as server:
        yield server


@pytest.fixture
def aws(
    running_aws: AwsServer,
    in_a_function: None,  # noqa: ARG001  its surroundings
    monkeypatch: pytest.MonkeyPatch,
) -> AwsServer:
    """An AWS that has not been called yet, where every service's client finds it."""
    monkeypatch.setenv("AWS_ENDPOINT_URL", running_aws.url)
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    monkeypatch.setattr("botocore.endpoint.time", SimpleNamespace(sleep=lambda _: None))  # between attempts
    running_aws.requests.clear()
    running_aws.outcomes.clear()
    return running_aws


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The endpoint of a local AWS that runs as long as the session."""
    with running_emulator(tmp_path_factory.mktemp("emulator")) as endpoint:
        yield endpoint


@pytest.fixture
def edge(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The settings that every route needs; nobody's access has ended."""
    access = access_of()
    monkeypatch.setattr(http_edge, "access", lambda: access)
    monkeypatch.setenv("ALLOWED_ORIGIN", ORIGIN)
    monkeypatch.setenv("CACHED_BY_GATEWAY", "false")
    monkeypatch.setenv("TOKEN_ISSUER", ISSUER)
    monkeypatch.setenv("TOKEN_CLIENT_ID", CLIENT_ID)
    edge_settings.cache_clear()
    yield
    edge_settings.cache_clear()


@pytest.fixture
def local_aws(emulator: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """The endpoint of the local AWS, to which functions' clients go too."""
    _reach(emulator, monkeypatch)
    return emulator


@pytest.fixture
def out_of_reach(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """An AWS where nobody listens: at the port of the discard service."""
    _reach("http://127.0.0.1:9", monkeypatch)
    forget_clients()
    yield
    forget_clients()


def _reach(endpoint: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_ENDPOINT_URL", endpoint)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
