from collections.abc import Iterator

import pytest

from tests.shared.aws.aws_server import AwsServer, running_aws_server
from tests.shared.models.converse_server import ConverseServer, running_converse_server


@pytest.fixture(scope="module")
def running_aws() -> Iterator[AwsServer]:
    with running_aws_server() as server:
        yield server


@pytest.fixture
def aws(running_aws: AwsServer, monkeypatch: pytest.MonkeyPatch) -> AwsServer:
    """An AWS that has not been asked anything, and that every service's client finds."""
    _in_a_function(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL", running_aws.url)
    monkeypatch.delenv("AWS_ENDPOINT_URL_DYNAMODB", raising=False)
    running_aws.asked.clear()
    running_aws.outcomes.clear()
    return running_aws


@pytest.fixture(scope="module")
def running_bedrock() -> Iterator[ConverseServer]:
    with running_converse_server() as server:
        yield server


@pytest.fixture
def bedrock(running_bedrock: ConverseServer, monkeypatch: pytest.MonkeyPatch) -> ConverseServer:
    """A Bedrock that has not been asked anything, and that the models' client finds."""
    _in_a_function(monkeypatch)
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", running_bedrock.url)
    running_bedrock.asked.clear()
    running_bedrock.outcomes.clear()
    running_bedrock.left.clear()
    return running_bedrock


def _in_a_function(monkeypatch: pytest.MonkeyPatch) -> None:
    """The surroundings that Lambda gives to every function's client."""
    for name, value in {"DEFAULT_REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    for name in ("AWS_SESSION_TOKEN", "_X_AMZN_TRACE_ID"):
        monkeypatch.delenv(name, raising=False)
