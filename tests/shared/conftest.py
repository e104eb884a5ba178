from collections.abc import Iterator

import pytest

from tests.shared.models.converse_server import ConverseServer, running_converse_server


@pytest.fixture(scope="module")
def running_bedrock() -> Iterator[ConverseServer]:
    with running_converse_server() as server:
        yield server


@pytest.fixture
def bedrock(
    running_bedrock: ConverseServer,
    in_a_function: None,  # noqa: ARG001  its surroundings
    monkeypatch: pytest.MonkeyPatch,
) -> ConverseServer:
    """A Bedrock without requests so far, which the models' client finds."""
    monkeypatch.setenv("AWS_ENDPOINT_URL_BEDROCK_RUNTIME", running_bedrock.url)
    running_bedrock.requests.clear()
    running_bedrock.outcomes.clear()
    running_bedrock.left.clear()
    return running_bedrock
