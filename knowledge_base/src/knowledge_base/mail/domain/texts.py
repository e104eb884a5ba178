"""The words of a mail: of a page, its text; of a reply, what is new. Each takes time in proportion to its length."""

import html
import re

MAX_TEXT = 20_000
"""Characters, as many as an entry of a ticket has."""
MARKER = "-- Please reply above this line --"
"""Stands on top of what is quoted when people answer our mail."""

_HIDDEN = ("head", "script", "style", "template", "title")
_BLOCKS = {
    "address",
    "blockquote",
    "br",
    "div",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "table",
    "tr",
    "ul",
}
_NAME = re.compile(r"/?([a-z][a-z0-9]*)", re.IGNORECASE)
_SEVERAL_BREAKS = re.compile(r"\n{3,}")
_SPACES = re.compile(r"[ \t]+")


def text_of_page(page: str) -> str:
    """Without marks. No parser: hostile pages keep those busy for minutes."""
    lowered, parts, position = page.lower(), list[str](), 0
    while (start := page.find("<", position)) >= 0:
        parts.append(page[position:start])
        end = page.find("-->" if page.startswith("<!--", start) else ">", start)
        if end < 0:
            position = len(page)
            break
        mark = _NAME.match(page, start + 1)
        name = mark[1].lower() if mark else ""
        position = end + (3 if page.startswith("<!--", start) else 1)
        if name in _HIDDEN and page[start + 1] != "/":
            position = _after(lowered, name, position)
        elif name in _BLOCKS:
            parts.append("\n")
    parts.append(page[position:])
    lines = (_SPACES.sub(" ", line).strip() for line in html.unescape("".join(parts)).replace("\xa0", " ").split("\n"))
    return _SEVERAL_BREAKS.sub("\n\n", "\n".join(lines)).strip()


def _after(lowered: str, name: str, position: int) -> int:
    """Where the hidden part ends; at the page's end if it is never closed."""
    closing = lowered.find(f"</{name}", position)
    end = lowered.find(">", closing) if closing >= 0 else -1
    return end + 1 if end >= 0 else len(lowered)


def without_quotes(text: str) -> str:
    """What stands above our marker, and without the lines that a mail program has quoted at the end.

    A mail that consists of quotes stays as it is.
    """
    above, marker, _ = text.partition(MARKER)
    lines = (above if marker else text).rstrip().split("\n")
    kept = len(lines)
    while kept and (not lines[kept - 1].strip() or lines[kept - 1].lstrip().startswith(">")):
        kept -= 1
    if (marker or kept < len(lines)) and kept and _is_attribution(lines[kept - 1]):
        kept -= 1
        if kept and lines[kept - 1].lstrip().startswith("On "):  # mail programs break the line
            kept -= 1
    return "\n".join(lines[:kept]).strip() or text.strip()


def _is_attribution(line: str) -> bool:
    """Such as `On Tuesday, Almoner <help@example.org> wrote:`."""
    return line.rstrip().endswith(":") and len(line) < 300
