"""The project's own source files."""

from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE_SUFFIXES = {".css", ".js", ".jsx", ".py", ".ts", ".tsx"}
FOLDERS_OF_OTHERS = {"build", "dist", "node_modules"}


def shown(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def source_files() -> Iterator[Path]:
    for folder, subfolders, names in ROOT.walk():
        subfolders[:] = [name for name in subfolders if not name.startswith(".") and name not in FOLDERS_OF_OTHERS]
        yield from (folder / name for name in names if Path(name).suffix in SOURCE_SUFFIXES)


def line_count(file: Path) -> int:
    return len(file.read_text().splitlines())


each_source = pytest.mark.parametrize("file", sorted(source_files()), ids=shown)
