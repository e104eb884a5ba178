"""The emulator as a process: its settings, and an emulator as the child process of a test."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

from local.credentials import Credentials
from local.program import Child, Program
from local.workspace import HOST, REGION

OF_TESTS = Credentials("test", "test")


def emulator_program(
    folder: Path,
    port: int,
    root_user: Credentials,
    *,
    region: str = REGION,
    persist: bool = False,
    environment: Mapping[str, str] | None = None,
) -> Program:
    """An emulator that keeps its temporary files and, with `persist`, its state in `folder`."""
    settings = {
        # Not the credentials and endpoints of the caller's shell.
        **{name: value for name, value in os.environ.items() if not name.startswith("AWS_")},
        **root_user.environment,
        "AWS_ENDPOINT_URL": endpoint_of(port),  # passed on to functions, which would call AWS otherwise
        "GATEWAY_PORT": str(port),
        "BIND_HOST": HOST,
        "MINISTACK_REGION": region,
        "AUTH": "true",
        "IOT_MTLS_ENABLED": "0",
        "SFTP_ENABLED": "0",
        "PERSIST_STATE": str(int(persist)),
        "S3_PERSIST": str(int(persist)),
        "STATE_DIR": str(folder / "state"),
        "S3_DATA_DIR": str(folder / "s3"),
        "TMPDIR": str(folder / "tmp"),
        **(environment or {}),
    }
    return Program("local-aws", "local.emulator.launch", port, "/_ministack/ready", settings)


def endpoint_of(port: int) -> str:
    return f"http://{HOST}:{port}"


class EmulatorProcess(Child):
    """An emulator for a test that keeps its log, its temporary files and, with `persist`, its state in `folder`."""

    def __init__(
        self,
        folder: Path,
        port: int,
        *,
        region: str = REGION,
        persist: bool = False,
        environment: Mapping[str, str] | None = None,
    ) -> None:
        program = emulator_program(folder, port, OF_TESTS, region=region, persist=persist, environment=environment)
        super().__init__(program, folder / "emulator.log")
        self.port, self.endpoint = port, endpoint_of(port)
        self.temporary_files = folder / "tmp"

    def start(self) -> None:
        self.temporary_files.mkdir(parents=True, exist_ok=True)
        super().start()

    def reload_functions(self) -> None:
        """Make the next invocation of each function load the current code."""
        self.signal(signal.SIGHUP)
