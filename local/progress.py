"""What the commands print: steps with their duration, notes and errors."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def step(what: str) -> Iterator[None]:
    """`  what … 1.2 s`, on one line."""
    print(f"  {what} …", end="", flush=True)
    started = time.monotonic()
    try:
        yield
    except BaseException:
        print(" failed", flush=True)
        raise
    print(f" {time.monotonic() - started:.1f} s", flush=True)


def note(text: str) -> None:
    print(f"  {text}", flush=True)


def report_error(text: str) -> None:
    print(f"\n{text}", file=sys.stderr, flush=True)
