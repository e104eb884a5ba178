"""The text of a description in HTML, as shop systems have it."""

import html
import re

_BREAK = re.compile(r"<(?:br|/p|/div|/li|/h[1-6]|/tr)\b[^<>]*>", re.IGNORECASE)
_INVISIBLE = re.compile(r"<(script|style)\b[^<>]*>.*?</\1>", re.IGNORECASE | re.DOTALL)
_TAG = re.compile(r"</?[a-z][^<>]*>|<!--[^<>]*-->", re.IGNORECASE)


def text_of(markup: str) -> str:
    """Without tags; paragraphs are lines. What is no markup stays as it is."""
    if not _TAG.search(markup):
        return html.unescape(markup)
    text = " ".join(_INVISIBLE.sub("", markup).split())
    text = html.unescape(_TAG.sub("", _BREAK.sub("\n", text)))
    return "\n".join(line for line in map(str.strip, text.split("\n")) if line)
