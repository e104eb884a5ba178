"""Reads a CSV text of products into records."""

import re
from collections.abc import Callable, Mapping

from commerce.imports.domain.columns import read_header
from commerce.imports.domain.lines import MAX_LINES
from shared.text import csv_file

_WHOLE_NUMBER = re.compile(r"[+-]?[0-9]{1,15}")


def read_csv(body: bytes) -> list[csv_file.Record]:
    """Raises Malformed if the header is not UTF-8 text; Invalid if it cannot be used, or there are too many lines."""
    return csv_file.read_csv(body, read_header, MAX_LINES, _TYPED)


def _whole_number(text: str) -> int:
    if not _WHOLE_NUMBER.fullmatch(text):
        raise ValueError("must be a whole number, digits only")
    return int(text)


def _tags(text: str) -> list[str]:
    return [tag for tag in map(str.strip, re.split("[;|]", text)) if tag]


_TYPED: Mapping[str, Callable[[str], object]] = {
    "kind": str.lower,
    "status": str.lower,
    "currency": str.upper,
    "tags": _tags,
    "amount": _whole_number,
    "stock": _whole_number,
}
