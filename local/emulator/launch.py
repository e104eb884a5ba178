"""Run the local AWS in the foreground: python -m local.emulator.launch

Settings are environment variables: MiniStack's own (GATEWAY_PORT, BIND_HOST, AUTH, PERSIST_STATE, STATE_DIR, TMPDIR …)
and these:

- WITHOUT_PATCHES: the names of patches to leave out, separated by commas, or "all".
- PRELOAD=1: start the fork server in the background now instead of with the first function (see forked_workers).
- KNOWLEDGE_BASE_MODEL_URL: of the model stand-in, which embeds for knowledge bases; KNOWLEDGE_BASE_START_SECONDS (0.5)
  and KNOWLEDGE_BASE_SECONDS_PER_DOCUMENT (0): how long ingestion takes; KNOWLEDGE_BASE_PARSING_SECONDS (30).
- AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY: of the account's root user.
- END_WITH_STDIN=1: stop when standard input is closed, as it is when the parent process dies.

GET /_ministack/ready answers 200 once the emulator is ready. All other paths of MiniStack's own need the secret key, as
Guard says, which also keeps web pages away.

SIGTERM and SIGINT stop all functions, save the state and remove all temporary files.
SIGHUP makes the next invocation of each function start a new worker; running invocations finish undisturbed.
"""

import asyncio
import os
import signal
import sys
import tempfile
from functools import partial
from typing import Any

import hypercorn.asyncio
from hypercorn.config import Config

from local.guard import Application, Guard

STOP_SIGNALS = signal.SIGTERM, signal.SIGINT
CLOSING_GRACE_SECONDS = 1
_OWN_PATHS = "/_ministack/", "/_localstack/"
_WITHOUT_KEY = "/_ministack/ready", "/_ministack/cfn-response/", "/_ministack/cfn-signal/"
"""The latter two contain a token, and stand for signed URLs of S3 that CloudFormation gives to functions."""


def main() -> None:
    """Serve until a signal stops it."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # until the server installs its own handler
    signal.signal(signal.SIGHUP, signal.SIG_IGN)
    with tempfile.TemporaryDirectory(prefix="almoner-emulator-") as folder:
        # Before MiniStack is imported: it chooses its folders for unpacked code and layers then.
        tempfile.tempdir = os.environ["TMPDIR"] = folder
        serve()


def serve() -> None:
    """Run MiniStack's own main function, patched, until it is stopped."""
    from ministack.app import main as ministack
    from ministack.core.lambda_runtime import kill_workers

    from local.emulator.forked_workers import FORK_SERVERS
    from local.emulator.lambda_workers import let_running_invocations_finish
    from local.emulator.patches import PATCHES, apply_patches

    left_out = os.environ.get("WITHOUT_PATCHES", "")
    apply_patches(without=PATCHES if left_out == "all" else [name for name in left_out.split(",") if name])
    let_running_invocations_finish()
    if os.environ.get("PRELOAD") == "1":
        FORK_SERVERS.prepare()

    stopped_workers: list[Any] = []
    wait_for_stop = partial(stop_on_signal, remember_servers(), stopped_workers)
    hypercorn.asyncio.serve = partial(_serve_guarded, hypercorn.asyncio.serve, wait_for_stop)
    Config.graceful_timeout = CLOSING_GRACE_SECONDS
    sys.argv = ["ministack"]
    try:
        ministack()
    finally:
        kill_workers(stopped_workers)  # again, for one that was about to start its process
        FORK_SERVERS.close()


async def _serve_guarded(serve_any: Any, wait_for_stop: Any, application: Application, config: Config) -> None:
    guarded = Guard(application, os.environ.get("AWS_SECRET_ACCESS_KEY", ""), is_own_path)
    await serve_any(guarded, config, shutdown_trigger=wait_for_stop)


def is_own_path(path: str) -> bool:
    """Whether it is MiniStack's, and needs the key."""
    return path.startswith(_OWN_PATHS) and not path.startswith(_WITHOUT_KEY)


def remember_servers() -> list[asyncio.Server]:
    """A list to which every server that asyncio starts is added; Hypercorn does not expose its own."""
    servers: list[asyncio.Server] = []
    start_server = asyncio.start_server

    async def start_and_remember(*args: Any, **kwargs: Any) -> asyncio.Server:
        server = await start_server(*args, **kwargs)
        servers.append(server)
        return server

    asyncio.start_server = start_and_remember
    return servers


async def stop_on_signal(servers: list[asyncio.Server], stopped_workers: list[Any]) -> None:
    """Wait for a signal, stop all functions and return, which shuts the server down.

    On shutdown the server waits for open connections, which may be waiting for a function, for a message or, as
    WebSockets, for nothing at all. So functions are stopped first, and connections are cut after a grace period.
    """
    from local.emulator.lambda_workers import retire_workers, stop_workers

    loop, stop = asyncio.get_running_loop(), asyncio.Event()
    for number in STOP_SIGNALS:
        loop.add_signal_handler(number, stop.set)
    if os.environ.get("END_WITH_STDIN") == "1":
        loop.add_reader(sys.stdin, stop.set)  # nobody writes to it, so being readable means that it was closed
    # In a thread, as stopping processes may take two seconds.
    loop.add_signal_handler(signal.SIGHUP, lambda: loop.run_in_executor(None, retire_workers))
    await stop.wait()
    if sys.stdin:
        loop.remove_reader(sys.stdin)
    stopped_workers += await asyncio.to_thread(stop_workers)
    for server in servers:
        loop.call_later(CLOSING_GRACE_SECONDS, server.abort_clients)


if __name__ == "__main__":
    main()
