import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local.opensearch.process import OpenSearchProcess
from tests.commerce.search.opensearch.engine import Node, OpenSearchEngine
from tests.commerce.search.opensearch.relay import ENVIRONMENT, Relay, running_relay

_MEMORY = Path("/dev/shm")  # noqa: S108  not predictable: a folder of our own in it


@pytest.fixture(scope="session")
def node() -> Iterator[Node]:
    # not any free port: while it starts, a connection of another process may take one of those
    port = int(os.environ.get("OPENSEARCH_PORT", "4590"))
    quick = pytest.MonkeyPatch()
    quick.setenv("OPENSEARCH_JAVA_OPTS", "-XX:TieredStopAtLevel=1")  # optimizing for longer than it lives costs more
    with (
        # every test makes indices, and each is forced to disk several times: ten times slower than in memory
        tempfile.TemporaryDirectory(dir=_MEMORY if _MEMORY.is_dir() else None) as folder,
        quick.context(),
        OpenSearchProcess(Path(folder), port) as process,
    ):
        node = Node(process.url)
        yield node
        node.client.close()


@pytest.fixture(scope="module")
def running(node: Node) -> Iterator[Relay]:
    with running_relay(node.url) as relay:
        yield relay


@pytest.fixture
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    use_credentials(monkeypatch)


@pytest.fixture
def relay(running: Relay, credentials: None) -> Relay:  # noqa: ARG001  it checks the signatures
    running.forget()
    return running


@pytest.fixture
def engine(relay: Relay, node: Node) -> Iterator[OpenSearchEngine]:
    node.empty()
    engine = OpenSearchEngine(relay, node)
    yield engine
    engine.client.close()


@pytest.fixture(scope="module")
def long_lived(node: Node) -> Iterator[OpenSearchEngine]:
    with pytest.MonkeyPatch.context() as monkeypatch, running_relay(node.url) as relay:
        use_credentials(monkeypatch)
        engine = OpenSearchEngine(relay, node)
        yield engine
        engine.client.close()


def use_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which keeps what it has found once
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
