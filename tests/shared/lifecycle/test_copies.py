import json
import subprocess
import sys
from dataclasses import dataclass

import pytest

from tests.shared.aws.aws_server import AwsServer


@dataclass(frozen=True)
class Copies:
    """`connections` is the primed process's own and those of its copies, in the order of their calls."""

    connections: list[int]
    ids: list[str]
    waits: list[float]


def _copies(aws: AwsServer, how: str) -> Copies:
    command = [sys.executable, "-m", "tests.shared.lifecycle.primed_process", how]
    ran = subprocess.run(command, check=True, capture_output=True, text=True)  # noqa: S603  these words alone
    copies = [json.loads(line) for line in ran.stdout.splitlines()]
    assert len(copies) == 4
    assert [request.json["MessageBody"] for request in aws.requests[1:]] == [str(copy["process"]) for copy in copies]
    return Copies(
        [request.connection for request in aws.requests],
        [copy["id"] for copy in copies],
        [copy["wait"] for copy in copies],
    )


@pytest.mark.parametrize("how", ["fork", "snapshot"])
def test_copies_of_a_primed_process_share_no_connection_id_or_jitter(aws: AwsServer, how: str) -> None:
    copies = _copies(aws, how)

    assert len(set(copies.connections)) == 5
    assert len(set(copies.ids)) == 4
    assert len(set(copies.waits)) == 4


def test_copies_without_the_hooks_would_share_them(aws: AwsServer) -> None:
    """What the hooks are for: without them, the test above fails."""
    copies = _copies(aws, "nothing")

    assert len(set(copies.connections)) == 1
    assert len(set(copies.waits)) == 1
