"""Tells whether something was made of the source tree as it is now."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from local.workspace import ROOT


def fingerprint(sources: Sequence[str], *besides: object) -> str:
    """Changes with any file of the sources, files and folders of the project, and with what is told besides."""
    digest = hashlib.sha256(" ".join(map(str, besides)).encode())
    for file in sorted(_files(sources)):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(sources: Sequence[str]) -> Iterator[Path]:
    for name in sources:
        path = ROOT / name
        if path.is_file():
            yield path
        yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
