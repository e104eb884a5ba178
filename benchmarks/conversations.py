"""What the platform adds to a streamed answer, with 1, 20 and 100 conversations at once.

Runs on a deployed local platform whose model is this program. Its tokens contain the time at which they were sent, so
that a client on the same machine can measure their age when they arrive.

Prints the number of frames of one answer of 4,096 tokens, and the functions' CPU time per 1,000 tokens. Then, for each
number of conversations, twice, the second time with warm functions: how long after the message it is acknowledged; how
old the first token is when its frame arrives; and how old the newest token of a frame is (the platform's own time) and
the oldest (including the window that collects a frame). Last, who used the CPU until the last message was acknowledged:
the functions, which are ours; the emulator and the model's stand-in, which AWS does not have; and the clients.
"""

import asyncio
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import websockets

from benchmarks.processes import cpu_seconds
from local.workspace import HOST
from tests.e2e.clients import Api, Platform, eventually

_TOKENS, _TOKENS_A_SECOND = 150, 50
_LONG_ANSWER_TOKENS, _LONG_ANSWER_TOKENS_A_SECOND = 4096, 200
_CONVERSATIONS = (1, 20, 100)


def main() -> None:
    if "ALMONER_OUTPUTS" not in os.environ:
        _run_on_a_platform_of_its_own()
        return
    platform = Platform(json.loads(Path(os.environ["ALMONER_OUTPUTS"]).read_text()))
    asyncio.run(_measure(platform))


def _run_on_a_platform_of_its_own() -> None:
    server = ThreadingHTTPServer((HOST, 0), _Stamps)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    model = {"MODEL_URL": f"http://{HOST}:{server.server_port}", "MODEL_NAME": "stamps"}
    environment = {"STATE": ".local/bench", "PORT": "4597", **os.environ, **model}
    command = [sys.executable, "-m", "local", "with-platform", sys.executable, "-m", "benchmarks.conversations"]
    try:
        subprocess.run(command, env=environment, check=True)
    finally:
        server.shutdown()


@dataclass
class Heard:
    """Times of one conversation, in seconds."""

    acknowledged: float = 0.0
    first: float = 0.0
    newest: list[float] = field(default_factory=list)
    oldest: list[float] = field(default_factory=list)
    frames: int = 0


async def _measure(platform: Platform) -> None:
    await _converse(platform, "say 20 tokens at 50")  # warms up every function
    before = cpu_seconds()["functions"]
    long = await _converse(platform, f"say {_LONG_ANSWER_TOKENS} tokens at {_LONG_ANSWER_TOKENS_A_SECOND}")
    used = cpu_seconds()["functions"] - before
    print(f"{_LONG_ANSWER_TOKENS} tokens: {long.frames} frames, each one write and one send to a follower")
    print(f"CPU of all functions for 1,000 tokens: {used / _LONG_ANSWER_TOKENS * 1e6:.0f} ms")
    print(f"{_TOKENS} tokens at {_TOKENS_A_SECOND} a second; milliseconds, p50 / p99")
    print(
        f"{'at once':>8} {'acknowledged':>14} {'first token':>14} {'newest of frame':>16} {'oldest of frame':>16}  CPU"
    )
    for number in _CONVERSATIONS:
        for each in range(number):
            await asyncio.to_thread(_supporter, platform, each)
        for _ in range(2):
            print(f"{number:>8} {await _round(platform, number)}")


async def _round(platform: Platform, number: int) -> str:
    """So many conversations at once."""
    question = f"say {_TOKENS} tokens at {_TOKENS_A_SECOND}"
    before, used, unacknowledged = cpu_seconds(), dict[str, float](), number

    def acknowledged() -> None:
        nonlocal used, unacknowledged
        unacknowledged -= 1
        if not unacknowledged:
            used = {part: seconds - before[part] for part, seconds in cpu_seconds().items()}

    heard = await asyncio.gather(*(_converse(platform, question, each, acknowledged) for each in range(number)))
    columns = (
        [each.acknowledged for each in heard],
        [each.first for each in heard],
        [age for each in heard for age in each.newest],
        [age for each in heard for age in each.oldest],
    )
    total = sum(used.values())
    shares = ", ".join(f"{part} {seconds / total:.0%}" for part, seconds in used.items())
    return " ".join(f"{_p50_p99(column):>15}" for column in columns) + f"  {total:.1f} s: {shares}"


async def _converse(
    platform: Platform, question: str, number: int = 0, acknowledged: Callable[[], None] = lambda: None
) -> Heard:
    opened, heard = await asyncio.to_thread(_opened, platform, number), Heard()
    async with websockets.connect(f"{opened['url']}?ticket={opened['ticket']}") as socket:
        sent_at = time.time()
        await socket.send(json.dumps({"action": "message", "input": question}))
        async for text in socket:
            arrived, message = time.time(), json.loads(text)
            if message["type"] == "accepted":
                heard.acknowledged = arrived - sent_at
                acknowledged()
            elif message["type"] == "delta":
                stamps = [float(stamp) for stamp in message["text"].split()]
                heard.frames += 1
                heard.first = heard.first or arrived - stamps[0]
                heard.newest.append(arrived - stamps[-1])
                heard.oldest.append(arrived - stamps[0])
            else:
                if message["type"] != "done":
                    raise SystemExit(f"the answer ended with {message}")
                return heard
    raise SystemExit("the socket was closed")


@cache
def _supporter(platform: Platform, number: int) -> Api:
    """Each conversation has a supporter of its own, whose record appears a moment after sign-up."""
    user = platform.sign_up(f"Supporter {number}")
    api = Api(platform.outputs["apis"]["personalization"], platform.api_key, user.access_token)
    eventually(lambda: api.get(f"/profile?userId={user.user_id}").status_code == 200)
    return api


def _opened(platform: Platform, number: int) -> dict[str, str]:
    answer = _supporter(platform, number)("POST", "/connections")
    answer.raise_for_status()
    opened: dict[str, str] = answer.json()
    return opened


def _p50_p99(seconds: Sequence[float]) -> str:
    ordered = sorted(seconds)
    return f"{statistics.median(ordered) * 1000:.0f} / {ordered[int(0.99 * (len(ordered) - 1))] * 1000:.0f}"


class _Stamps(BaseHTTPRequestHandler):
    """An OpenAI-compatible model whose tokens are the current time."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        tokens, pace = self._tokens_and_pace(request["messages"])
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Connection", "close")
        self.end_headers()
        begun = time.monotonic()
        for number in range(tokens):
            time.sleep(max(0.0, begun + number / pace - time.monotonic()))
            self._say({"delta": {"content": f"{time.time():.4f} "}, "finish_reason": None})
        self._say({"delta": {}, "finish_reason": "stop"})
        self.wfile.write(b"data: [DONE]\n\n")
        self.close_connection = True

    @staticmethod
    def _tokens_and_pace(messages: Sequence[dict[str, Any]]) -> tuple[int, float]:
        """`say 150 tokens at 50`"""
        words = str(messages[-1]["content"]).split("say ")[-1].split()
        return int(words[0]), float(words[3].rstrip("'\"}]"))

    def _say(self, choice: dict[str, object]) -> None:
        self.wfile.write(b"data: " + json.dumps({"choices": [{"index": 0, **choice}]}).encode() + b"\n\n")
        self.wfile.flush()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


if __name__ == "__main__":
    main()
