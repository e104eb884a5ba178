# ruff: noqa: ARG001, S311, T201  Lambda passes both arguments, what is printed is logged, and randomness is the subject
"""Functions that describe the process in which they run."""

import os
import random
import secrets
import sys
import tempfile
import threading
import time
import uuid
from pathlib import Path
from typing import Any

type Event = dict[str, Any]

ON_IMPORT = {
    "random": random.random(),
    "generator": random.Random().random(),
    "secret": secrets.token_hex(),
    "uuid1": str(uuid.uuid1()),
    "uuid4": str(uuid.uuid4()),
    "temporary": tempfile.gettempprefix() + next(tempfile._get_candidate_names()),  # type: ignore[attr-defined]
}
MODULES = sorted(sys.modules)
OPEN_FILES = sorted(int(fd) for fd in os.listdir("/proc/self/fd"))


def process(event: Event, context: Any) -> Event:
    return {
        "pid": os.getpid(),
        "parent": os.getppid(),
        "group": os.getpgrp(),
        "session": os.getsid(0),
        "folder": os.getcwd(),
        "path": sys.path,
        "arguments": sys.argv,
        "environment": dict(os.environ),
        "input": os.readlink("/proc/self/fd/0"),
        "modules": MODULES,
        "open_files": OPEN_FILES,
        "threads": threading.active_count(),
    }


def chance(event: Event, context: Any) -> Event:
    """Takes long enough for a second invocation to need a second worker."""
    time.sleep(0.5)
    return {"pid": os.getpid(), "parent": os.getppid(), "values": ON_IMPORT}


def session(event: Event, context: Any) -> Event:
    """The default session's settings, and the files that it parses for clients of the given services."""
    import boto3
    from botocore.loaders import JSONFileLoader

    parsed, load_file = [], JSONFileLoader.load_file

    def load_and_note(loader: Any, file_path: str) -> Any:
        content = load_file(loader, file_path)
        if content is not None:
            parsed.append(Path(file_path).name)
        return content

    JSONFileLoader.load_file = load_and_note  # type: ignore[assignment,method-assign]  # replaces a method
    clients = [boto3.client(service) for service in event["services"]]
    session: Any = boto3.DEFAULT_SESSION
    return {
        "regions": sorted({client.meta.region_name for client in clients}),
        "endpoints": sorted({client.meta.endpoint_url for client in clients}),
        "access_key": session.get_credentials().access_key,
        "parsed": parsed,
    }


def log(event: Event, context: Any) -> None:
    print("to standard output")
    print("to standard error", file=sys.stderr)
    os.write(2, b"past Python\n")


def end(event: Event, context: Any) -> None:
    os._exit(event["code"])


def print_pid_and_sleep(event: Event, context: Any) -> Event:
    print(f"pid {os.getpid()}")
    time.sleep(event["seconds"])
    return {}
