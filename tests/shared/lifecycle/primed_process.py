"""A process that is primed as a function is while it initializes, and then copied: `python -m … fork|snapshot|nothing`.

A snapshot is a copy that Python knows nothing of, and so is libc's own fork. Prints, as JSON, what each copy has:
the port that its connection comes from, an id, and how long it would wait before another attempt.
"""

import ctypes
import json
import os
import sys
from datetime import UTC, datetime
from typing import Any

from snapshot_restore_py import get_after_restore, get_before_snapshot

from shared.aws.clients import client
from shared.ids import new_id
from shared.resilience.backoff import Backoff

_COPIES = 4
_NOW = datetime(2026, 1, 1, tzinfo=UTC)


def _call() -> None:
    client("sqs").send_message(QueueUrl="https://sqs/queue", MessageBody=str(os.getpid()))


def _copied(how: str) -> bool:
    """Whether this is the copy."""
    return (os.fork() if how == "fork" else ctypes.PyDLL(None).fork()) == 0


def _run(hooks: Any) -> None:
    """As Lambda's runtime does; the registry says less of its types than it holds."""
    for function, arguments, named in hooks:
        function(*arguments, **named)


def main(how: str) -> None:
    _call()
    if how == "snapshot":
        _run(get_before_snapshot())
    backoff = Backoff(1.0)
    for _ in range(_COPIES):
        reader, writer = os.pipe()
        if _copied(how):
            if how == "snapshot":
                _run(get_after_restore())
            _call()
            copy = {"process": os.getpid(), "id": new_id(_NOW), "wait": backoff.next_seconds()}
            os.write(writer, json.dumps(copy).encode())
            os._exit(0)
        os.wait()
        os.close(writer)
        with os.fdopen(reader) as copy_of:
            sys.stdout.write(copy_of.read() + "\n")


if __name__ == "__main__":
    main(sys.argv[1])
