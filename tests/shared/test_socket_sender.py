import itertools
from collections.abc import Iterator
from datetime import datetime

import pytest

from shared.errors import Unavailable
from shared.socket_sender import SocketSender
from shared.sockets import Connection
from tests.shared.aws_server import AwsServer, answers, refuses, running_aws_server


class FakeConnections:
    def __init__(self) -> None:
        self.removed: list[str] = []

    def add(self, _: Connection, __: datetime) -> None:  # noqa: ARG002
        raise AssertionError("a sender opens nothing")

    def remove(self, connection_id: str) -> None:
        self.removed.append(connection_id)

    def of_user(self, _: str, __: datetime) -> tuple[str, ...]:  # noqa: ARG002
        raise AssertionError("a sender looks for nobody")


@pytest.fixture
def gateway(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    for name, value in {"REGION": "us-west-2", "ACCESS_KEY_ID": "AKID", "SECRET_ACCESS_KEY": "secret"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    with running_aws_server() as server:
        yield server


@pytest.fixture
def connections() -> FakeConnections:
    return FakeConnections()


@pytest.fixture
def sender(gateway: AwsServer, connections: FakeConnections) -> SocketSender:
    return SocketSender(f"{gateway.url}/v1", connections)


def test_a_message_goes_to_its_connection(gateway: AwsServer, sender: SocketSender) -> None:
    gateway.outcomes = [answers()]
    assert sender.send("c1=", {"type": "pong"})
    (asked,) = gateway.asked
    assert (asked.method, asked.target, asked.json) == ("POST", "/v1/@connections/c1%3D", {"type": "pong"})


def test_a_connection_that_is_gone_is_forgotten(
    gateway: AwsServer, sender: SocketSender, connections: FakeConnections
) -> None:
    gateway.outcomes = [refuses("GoneException", 410)]
    assert not sender.send("c1", {"type": "pong"})
    assert connections.removed == ["c1"]


@pytest.mark.parametrize(("code", "status"), [("ForbiddenException", 403), ("PayloadTooLargeException", 413)])
def test_a_connection_that_may_be_there_is_not_forgotten(
    gateway: AwsServer, sender: SocketSender, connections: FakeConnections, code: str, status: int
) -> None:
    gateway.outcomes = [refuses(code, status)]
    assert not sender.send("c1", {"type": "pong"})
    assert connections.removed == []


def test_a_busy_gateway_is_asked_again_and_then_told_of(gateway: AwsServer, sender: SocketSender) -> None:
    gateway.outcomes = [refuses("LimitExceededException", 429), answers()]
    assert sender.send("c1", {"type": "pong"})
    gateway.outcomes = list(itertools.repeat(refuses("LimitExceededException", 429), 5))
    with pytest.raises(Unavailable):
        sender.send("c1", {"type": "pong"})
