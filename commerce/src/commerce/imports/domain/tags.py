"""Tags in one cell: separated by ; or |, which a backslash makes part of a tag."""

import re
from collections.abc import Iterable

_SEPARATOR = re.compile(r"(?<!\\)((?:\\\\)*)[;|]")
_SPECIAL = re.compile(r"[\\;|]")
_ESCAPED = re.compile(r"\\([\\;|])")


def tags_in(cell: str) -> list[str]:
    separated = _SEPARATOR.sub(r"\1\n", cell.replace("\n", " "))
    return [_ESCAPED.sub(r"\1", tag) for tag in map(str.strip, separated.split("\n")) if tag]


def tags_cell(tags: Iterable[str]) -> str:
    return "; ".join(_SPECIAL.sub(r"\\\g<0>", tag) for tag in tags)
