import itertools
from datetime import datetime

import pytest

from shared.errors import Unavailable
from shared.sockets.connections import Connection
from shared.sockets.sender import SocketSender
from tests.shared.aws.aws_server import Answers, AwsServer, answers, refuses


class FakeConnections:
    def __init__(self) -> None:
        self.removed: list[str] = []

    def add(self, _: Connection, __: datetime) -> None:  # noqa: ARG002
        raise AssertionError("a sender opens nothing")

    def remove(self, connection_id: str) -> None:
        self.removed.append(connection_id)

    def of_user(self, _: str, __: datetime) -> tuple[str, ...]:  # noqa: ARG002
        raise AssertionError("a sender looks for nobody")

    def count(self, _: datetime) -> int:
        raise AssertionError("a sender counts nothing")


@pytest.fixture
def connections() -> FakeConnections:
    return FakeConnections()


@pytest.fixture
def sender(aws: AwsServer, connections: FakeConnections) -> SocketSender:
    return SocketSender(f"{aws.url}/v1", connections)


def test_a_message_goes_to_its_connection(aws: AwsServer, sender: SocketSender) -> None:
    aws.outcomes = [answers()]
    assert sender.send("c1=", {"type": "pong"})
    (request,) = aws.requests
    assert (request.method, request.target, request.json) == ("POST", "/v1/@connections/c1%3D", {"type": "pong"})


@pytest.mark.parametrize("gone", [refuses("GoneException", 410), Answers(b"", 410)], ids=["named", "by its status"])
def test_a_connection_that_is_gone_is_forgotten(
    aws: AwsServer, sender: SocketSender, connections: FakeConnections, gone: Answers
) -> None:
    aws.outcomes = [gone]
    assert not sender.send("c1", {"type": "pong"})
    assert connections.removed == ["c1"]


@pytest.mark.parametrize(("code", "status"), [("ForbiddenException", 403), ("PayloadTooLargeException", 413)])
def test_a_connection_that_may_be_there_is_not_forgotten(
    aws: AwsServer, sender: SocketSender, connections: FakeConnections, code: str, status: int
) -> None:
    aws.outcomes = [refuses(code, status)]
    assert not sender.send("c1", {"type": "pong"})
    assert connections.removed == []


def test_a_busy_gateway_is_called_again_and_then_reported(aws: AwsServer, sender: SocketSender) -> None:
    aws.outcomes = [refuses("LimitExceededException", 429), answers()]
    assert sender.send("c1", {"type": "pong"})
    aws.outcomes = list(itertools.repeat(refuses("LimitExceededException", 429), 5))
    with pytest.raises(Unavailable):
        sender.send("c1", {"type": "pong"})
