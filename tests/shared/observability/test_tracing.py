import json
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.shared.observability.runtime import TRACE_ID, lines_of

EXAMPLE = """
import json, sys
from shared.observability.invocations import observed

@observed()
def handler(event, context):
    print(json.dumps([name for name in sys.modules if name.startswith("aws_xray_sdk")]))
    if "fails" in event:
        raise ValueError("ada@example.org")
    return {"email": "ada@example.org"}
"""


def test_where_tracing_is_off_nothing_of_its_sdk_is_loaded(tmp_path: Path) -> None:
    [loaded] = lines_of(tmp_path, EXAMPLE, {})

    assert json.loads(loaded) == []


@pytest.fixture
def daemon() -> Iterator[socket.socket]:
    """What the SDK sends segments to."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as server:
        server.bind(("127.0.0.1", 0))
        server.settimeout(10)
        yield server


def subsegment(folder: Path, daemon: socket.socket, event: dict[str, str]) -> dict[str, Any]:
    """Of an invocation that is traced."""
    host, port = daemon.getsockname()
    environment = {
        "POWERTOOLS_TRACE_DISABLED": "false",
        "LAMBDA_TASK_ROOT": str(folder),
        "AWS_XRAY_DAEMON_ADDRESS": f"{host}:{port}",
    }
    lines_of(folder, EXAMPLE, event, environment=environment)
    header, _, segment = daemon.recv(65536).decode().partition("\n")
    assert json.loads(header)["format"] == "json"
    document: dict[str, Any] = json.loads(segment)
    return document


def test_invocation_is_a_subsegment_that_does_not_hold_its_answer(tmp_path: Path, daemon: socket.socket) -> None:
    segment = subsegment(tmp_path, daemon, {})

    assert (segment["name"], segment["trace_id"]) == ("## handler", TRACE_ID)
    assert segment["annotations"] == {"ColdStart": True, "Service": "personalization"}
    assert "ada@" not in json.dumps(segment)


def test_invocation_that_failed_is_marked_without_what_the_error_says(tmp_path: Path, daemon: socket.socket) -> None:
    segment = subsegment(tmp_path, daemon, {"fails": "yes"})

    assert segment["fault"] is True
    assert "ValueError" in json.dumps(segment["cause"])
    assert "ada@" not in json.dumps(segment)
