"""How long an entry of an inbox takes to all sockets of its recipient, with 10, 100 and 1,000 of them.

Runs on a deployed local platform of its own. Of the sockets, 30 % have been cut off without a word, and 5 % do not
read. Prints, for each number, how many of the others got every entry, how long after its write (p50 / p99 of all of
them), how many sockets are still registered, and who used the processors: on two cores, only the growth says something.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import websockets

from benchmarks.processes import cpu_seconds
from communications.inbox.adapters.inbox import DynamoInbox
from communications.inbox.domain.inbox import Entry, Kind
from shared.sockets.stores import DynamoConnections
from tests.e2e.clients import Api, Platform

_SOCKETS, _ENTRIES = (10, 100, 1_000), 5
_PATIENCE_SECONDS = 60


def main() -> None:
    if "ALMONER_OUTPUTS" not in os.environ:
        environment = {"STATE": ".local/bench", "PORT": "4597", **os.environ}
        command = [sys.executable, "-m", "local", "with-platform", sys.executable, "-m", "benchmarks.fan_out"]
        subprocess.run(command, env=environment, check=True)
        return
    platform = Platform(json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text()))
    os.environ |= {"AWS_ENDPOINT_URL": platform.outputs["endpoint"], "AWS_DEFAULT_REGION": platform.outputs["region"]}
    os.environ |= platform.root_user.environment
    print(f"{'sockets':>8} {'got everything':>16} {'ms p50 / p99':>16} {'registered':>11}  CPU")
    asyncio.run(_measure(platform, 3))  # warms up the functions
    for number in _SOCKETS:
        print(f"{number:>8} {asyncio.run(_measure(platform, number))}")


async def _measure(platform: Platform, number: int) -> str:
    user = platform.sign_up("Rosa Martínez")
    api = Api(platform.outputs["apis"]["communications"], None, user.access_token)
    heads, entries = (platform.stack[f"CommunicationsInbox{table}Table"] for table in ("Heads", "Entries"))
    inbox = DynamoInbox(heads, entries)
    gone, slow = number * 3 // 10, number // 20
    sockets = [await _opened(api) for _ in range(number)]
    for socket in sockets[:gone]:
        socket.transport.abort()
    for socket in sockets[gone : gone + slow]:
        socket.transport.pause_reading()
    before, written = cpu_seconds(), dict[int, float]()
    hearing = [asyncio.create_task(_heard(socket)) for socket in sockets[gone + slow :]]
    entry = Entry(Kind.MESSAGE, {"messageId": "m", "content": "Hello"}, messages=1)
    for _ in range(_ENTRIES):
        head = await asyncio.to_thread(inbox.write, user.user_id, lambda *_: [entry], datetime.now(UTC))
        written[head.last_seq] = time.time()
    heard = await asyncio.gather(*hearing)
    used = {part: seconds - before[part] for part, seconds in cpu_seconds().items() if part != "model"}
    ages = [arrived - written[seq] for each in heard for seq, arrived in each.items()]
    complete = sum(len(each) == _ENTRIES for each in heard)
    connections = DynamoConnections(next(name for name in platform.tables if _is_connections(name)))
    registered = len(connections.of_user(user.user_id, datetime.now(UTC)))
    for socket in sockets[gone:]:
        socket.transport.abort()
    shares = ", ".join(f"{part} {seconds / sum(used.values()):.0%}" for part, seconds in used.items())
    total = f"{complete} of {len(heard)}"
    return f"{total:>16} {_p50_p99(ages):>16} {registered:>11}  {sum(used.values()):.1f} s: {shares}"


def _is_connections(name: str) -> bool:
    return "Communications" in name and "ConnectionsTable" in name


async def _opened(api: Api) -> Any:
    opened = (await asyncio.to_thread(api, "POST", "/connections")).json()
    return await websockets.connect(f"{opened['url']}?ticket={opened['ticket']}", ping_interval=None)


async def _heard(socket: Any) -> dict[int, float]:
    """When each entry arrived, by its number."""
    arrived = dict[int, float]()
    while len(arrived) < _ENTRIES:
        try:
            text = await asyncio.wait_for(socket.recv(), _PATIENCE_SECONDS)
        except (TimeoutError, websockets.exceptions.ConnectionClosed):
            break
        arrived.setdefault(json.loads(text)["seq"], time.time())
    return arrived


def _p50_p99(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.0f} / {ordered[int(0.99 * (len(ordered) - 1))] * 1000:.0f}"


if __name__ == "__main__":
    main()
