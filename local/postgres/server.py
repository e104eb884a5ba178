"""Runs Postgres: python -m local.postgres.server

POSTGRES_FOLDER (of its data) and POSTGRES_PORT have to be set; POSTGRES_MAX_CONNECTIONS is 80, about that of a
db.t3.micro. It listens on the loopback interface only; its superuser's password is in the folder. When it crashes, it
is started again, as by RDS. With END_WITH_STDIN=1 it stops when standard input is closed, as it is when the parent
process dies.
"""

import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

from local.postgres.installation import create, data_of, program
from local.program import stop_when_ended
from local.workspace import HOST, CannotContinue

_DEFAULT_MAX_CONNECTIONS = "80"
_RETRY_SECONDS, _RETRIES = 0.2, 100
"""Processes of a Postgres that was killed may outlive it for seconds, in which a new one refuses to start."""
_SETTINGS = {
    "listen_addresses": HOST,
    "unix_socket_directories": "",
    "shared_buffers": "32MB",
    "jit": "off",
    "logging_collector": "off",
    "log_timezone": "UTC",
    "timezone": "UTC",
}


class Server:
    """Postgres as a child process, until the server is stopped."""

    def __init__(self, command: list[str]) -> None:
        self._command = command
        self._process: subprocess.Popen[bytes] | None = None
        self._stopping = threading.Event()

    def run(self) -> int:
        """The exit code: not 0 if Postgres does not start."""
        failures = 0
        while not self._stopping.is_set():
            started = time.monotonic()
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL)
            if self._stopping.is_set():  # in the meantime
                self.stop()
            code = self._process.wait()
            failures = failures + 1 if time.monotonic() - started < 1 else 0
            if failures > _RETRIES:
                return code
            self._stopping.wait(_RETRY_SECONDS)
        return 0

    def stop(self) -> None:
        """Cut all connections and end it in order."""
        self._stopping.set()
        if self._process is not None:
            self._process.send_signal(signal.SIGINT)


def main() -> int:
    folder = Path(os.environ["POSTGRES_FOLDER"]).resolve()
    try:
        create(folder)
        server = Server([*program("postgres"), "-D", str(data_of(folder)), *_options()])
    except CannotContinue as problem:
        print(problem, file=sys.stderr)
        return 1
    stop_when_ended(server.stop)
    return server.run()


def _options() -> list[str]:
    chosen = {
        "port": os.environ["POSTGRES_PORT"],
        "max_connections": os.environ.get("POSTGRES_MAX_CONNECTIONS") or _DEFAULT_MAX_CONNECTIONS,
    }
    return [part for name, value in (_SETTINGS | chosen).items() for part in ("-c", f"{name}={value}")]


if __name__ == "__main__":
    sys.exit(main())
