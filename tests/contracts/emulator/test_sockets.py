"""WebSocket APIs: authorization, messages in both directions, and closing."""

import json
import socket as network
import struct
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import ClientConnection

from tests.contracts.emulator.aws import eventually
from tests.contracts.emulator.live_stack import Live, connection_of, request_json, request_text

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-live")]

KB = 1024


@pytest.fixture
def socket(live: Live) -> Iterator[ClientConnection]:
    with live.socket() as socket:
        yield socket


# --- Opening ---


@pytest.mark.parametrize(("ticket", "status"), [(None, 401), ("bad", 403), ("late", 403)])
def test_socket_without_a_good_ticket_is_refused(live: Live, ticket: str | None, status: int) -> None:
    with pytest.raises(InvalidStatus) as refused, live.socket(ticket):
        pass
    assert refused.value.response.status_code == status


def test_every_message_carries_the_authorizers_context_as_text(live: Live) -> None:
    with live.socket("of-ann") as socket:
        contexts = [request_json(socket, message)["context"]["authorizer"] for message in ({}, {"action": "any"})]
    assert contexts == [{"principalId": "ann", "ticket": "of-ann", "number": "1"}] * 2


# --- Messages ---


@pytest.mark.parametrize("message", ["not JSON", "[1]", '{"action": 1}', b'{"action": "binary"}'])
def test_message_with_an_unknown_action_reaches_the_default_route(
    socket: ClientConnection, message: str | bytes
) -> None:
    received = request_json(socket, message)
    assert (received["context"]["routeKey"], received["length"]) == ("$default", len(message))


def test_function_finds_the_api_by_the_url_that_its_template_gives(live: Live, socket: ClientConnection) -> None:
    assert request_json(socket, {})["url"] == live.socket_endpoint.replace("http", "ws", 1)


def test_result_of_a_function_is_not_sent(socket: ClientConnection) -> None:
    assert request_text(socket, {"send": "sent"}) == "sent"
    assert request_text(socket, {"send": "sent again"}) == "sent again"


def test_failed_message_is_answered_and_the_socket_stays_open(socket: ClientConnection) -> None:
    failure = request_json(socket, {"fail": True})
    assert failure["message"] == "Internal server error"
    assert {"connectionId", "requestId"} < failure.keys()
    assert request_text(socket, {"send": "still here"}) == "still here"


def test_function_without_permission_cannot_send(socket: ClientConnection) -> None:
    assert request_json(socket, {"action": "unprivileged", "send": "x"})["message"] == "Internal server error"


def test_slow_message_does_not_delay_the_next(socket: ClientConnection) -> None:
    socket.send(json.dumps({"wait": 2, "send": "slow"}))
    assert request_text(socket, {"send": "quick"}) == "quick"
    assert socket.recv() == "slow"


# --- Sizes ---


@pytest.mark.parametrize("frames", [["x" * 32 * KB], ["x" * 32 * KB] * 4], ids=["frame", "message"])
def test_message_of_the_largest_size_arrives(socket: ClientConnection, frames: list[str]) -> None:
    socket.send(frames)
    assert json.loads(socket.recv())["length"] == sum(map(len, frames))


@pytest.mark.parametrize(
    "frames", [["x" * (32 * KB + 1)], ["ü" * 17 * KB], ["x" * 32 * KB] * 4 + ["x"]], ids=["frame", "bytes", "message"]
)
def test_too_large_message_closes_the_connection(socket: ClientConnection, frames: list[str]) -> None:
    def send_and_listen() -> None:
        """Send a message; the connection may be closed before all of it is sent."""
        socket.send(frames)
        socket.recv()

    with pytest.raises(ConnectionClosed) as closed:
        send_and_listen()
    assert closed.value.rcvd is not None
    assert closed.value.rcvd.code == 1009


def test_function_sends_up_to_128_kb_in_one_message(live: Live, socket: ClientConnection) -> None:
    connections, connection = live.connections, connection_of(socket)
    connections.post_to_connection(ConnectionId=connection, Data=b"x" * 128 * KB)
    assert len(socket.recv()) == 128 * KB
    with pytest.raises(connections.exceptions.PayloadTooLargeException):
        connections.post_to_connection(ConnectionId=connection, Data=b"x" * (128 * KB + 1))


# --- Closing ---


def test_messages_arrive_in_the_order_in_which_they_were_sent(live: Live, socket: ClientConnection) -> None:
    connections, connection = live.connections, connection_of(socket)
    for number in range(50):
        connections.post_to_connection(ConnectionId=connection, Data=str(number).encode())
    assert [socket.recv() for _ in range(50)] == [str(number) for number in range(50)]


def leave(socket: ClientConnection) -> None:
    socket.close()


def reset(socket: ClientConnection) -> None:
    """Reset the connection without a closing handshake, like a lost network."""
    socket.socket.setsockopt(network.SOL_SOCKET, network.SO_LINGER, struct.pack("ii", 1, 0))
    socket.socket.shutdown(network.SHUT_RDWR)


@pytest.mark.parametrize("end", [leave, reset])
def test_connection_is_gone_when_the_client_is(live: Live, end: Callable[[ClientConnection], None]) -> None:
    connections = live.connections
    with live.socket() as socket:
        connection = connection_of(socket)
        end(socket)

    def is_gone() -> bool:
        try:
            connections.post_to_connection(ConnectionId=connection, Data=b"?")
        except connections.exceptions.GoneException:
            return True
        return False

    assert eventually(is_gone)
    assert eventually(lambda: live.kept(connection))["authorizer"]["ticket"] == "ann"


def test_function_closes_a_connection(live: Live, socket: ClientConnection) -> None:
    connections, connection = live.connections, connection_of(socket)
    connections.get_connection(ConnectionId=connection)
    connections.delete_connection(ConnectionId=connection)
    with pytest.raises(ConnectionClosed):
        socket.recv()
    with pytest.raises(connections.exceptions.GoneException):
        connections.get_connection(ConnectionId=connection)


def test_unknown_connection_is_gone(live: Live) -> None:
    connections = live.connections
    with pytest.raises(connections.exceptions.GoneException):
        connections.post_to_connection(ConnectionId="nobody", Data=b"?")


def test_fifty_sockets_are_served_at_once(live: Live) -> None:
    def converse(number: int) -> str:
        with live.socket() as socket:
            return request_text(socket, {"send": str(number)})

    began = time.monotonic()
    with ThreadPoolExecutor(50) as pool:
        assert list(pool.map(converse, range(50))) == [str(number) for number in range(50)]
    assert time.monotonic() - began < 60
