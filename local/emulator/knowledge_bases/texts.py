"""The text of a document. Run as a program, it reads an HTML page or a PDF from standard input, within limits.

Hostile files can keep a parser busy for minutes, so they are read in a process of their own, which ends after
KNOWLEDGE_BASE_PARSING_SECONDS (30) of CPU time.
"""

import json
import os
import re
import resource
import subprocess
import sys
from html.parser import HTMLParser
from pathlib import PurePosixPath

PLAIN, PARSED = {".txt", ".md", ".csv"}, {".html", ".pdf"}
_LARGEST = 50 * 2**20
_MEMORY = 2**30
_INLINE = {"a", "abbr", "b", "code", "em", "i", "small", "span", "strong", "sub", "sup"}
_HIDDEN = {"head", "script", "style", "template"}


class Unreadable(Exception):
    """A document that cannot be indexed. The message continues "Ignored 2 files as …"."""


def text_of(key: str, data: bytes) -> str:
    """Raises Unreadable."""
    suffix = PurePosixPath(key).suffix.lower()
    if suffix not in PLAIN | PARSED:
        raise Unreadable("their file format was not supported")
    if len(data) > _LARGEST:
        raise Unreadable("they exceeded the maximum file size of 50 MB")
    text = data.decode("utf-8-sig", "replace") if suffix in PLAIN else _read_apart(suffix, data)
    text = re.sub(r"[^\S\n]+", " ", text).strip()
    if not text:
        raise Unreadable("no text was found in them")
    return text


def _read_apart(suffix: str, data: bytes) -> str:
    command = [sys.executable, "-m", __name__, suffix]
    done = subprocess.run(command, input=data, capture_output=True, check=False)
    try:
        answer = json.loads(done.stdout)
    except ValueError:
        raise Unreadable("reading them took too long or too much memory") from None
    if "problem" in answer:
        raise Unreadable(f"they could not be parsed ({answer['problem']})")
    return str(answer["text"])


class _Page(HTMLParser):
    """A page's visible text, with line breaks between blocks."""

    def __init__(self) -> None:
        super().__init__()
        self.parts: list[str] = []
        self._hidden: list[str] = []

    def handle_starttag(self, tag: str, _: object) -> None:
        if tag in _HIDDEN:
            self._hidden.append(tag)
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if tag in self._hidden:
            self._hidden.remove(tag)
        elif tag not in _INLINE:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.parts.append(re.sub(r"\s+", " ", data))


def read_page(data: bytes) -> str:
    page = _Page()
    page.feed(data.decode("utf-8-sig", "replace"))
    page.close()
    return re.sub(r"\n\s*\n", "\n\n", "".join(page.parts))


def read_pdf(data: bytes) -> str:
    from io import BytesIO

    from pypdf import PdfReader

    return "\n\n".join(page.extract_text() for page in PdfReader(BytesIO(data)).pages)


def main() -> None:
    seconds = int(os.environ.get("KNOWLEDGE_BASE_PARSING_SECONDS", "30"))
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds))
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    read = read_pdf if sys.argv[1] == ".pdf" else read_page
    try:
        answer = {"text": read(sys.stdin.buffer.read())}
    except Exception as error:  # noqa: BLE001  whatever a hostile file does to a parser
        answer = {"problem": type(error).__name__}
    print(json.dumps(answer))


if __name__ == "__main__":
    main()
