"""Shows whether something was built from the current source tree."""

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from local.workspace import ROOT


def fingerprint(sources: Sequence[str], *settings: object) -> str:
    """Changes with any file in `sources`, which are files and folders of the project, and with any of the settings."""
    digest = hashlib.sha256(" ".join(map(str, settings)).encode())
    for file in sorted(_files(sources)):
        digest.update(str(file.relative_to(ROOT)).encode() + b"\0" + file.read_bytes() + b"\0")
    return digest.hexdigest()


def _files(sources: Sequence[str]) -> Iterator[Path]:
    for name in sources:
        path = ROOT / name
        if path.is_file():
            yield path
        yield from (file for file in path.rglob("*") if file.is_file() and "__pycache__" not in file.parts)
