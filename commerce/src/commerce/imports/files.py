"""Reads a file of products, CSV or JSON, from a request."""

import re

from commerce.imports.domain.csv_file import read_csv
from commerce.imports.domain.json_file import read_items
from commerce.imports.domain.lines import Record
from shared.errors import UnsupportedMediaType
from shared.http.request import Request

MAX_FILE_BYTES = 5 * 1024 * 1024  # a request to Lambda has 6 MB, and JSON around a text makes it longer


def asked_records(request: Request) -> list[Record]:
    """The file's lines, each with what it says. Raises Malformed; TooLarge; UnsupportedMediaType; Invalid."""
    match request.media_type:
        case "text/csv":
            if _charset(request) not in {"", "utf-8", "utf8", "us-ascii"}:
                raise UnsupportedMediaType("Send the file in UTF-8.")
            return read_csv(request.bytes)
        case "application/json":
            return read_items(request.json)
        case _:
            raise UnsupportedMediaType("Send the file as text/csv, in UTF-8, or as application/json.")


def _charset(request: Request) -> str:
    """`utf-8` of `text/csv; charset="UTF-8"`; empty where it is not said."""
    said = re.search(r';\s*charset\s*=\s*"?([^";\s]+)', request.content_type, re.IGNORECASE)
    return said[1].lower() if said else ""
