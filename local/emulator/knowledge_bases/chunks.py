"""Chunks of a text, as a data source's configuration wants them."""

import re
from typing import Any

_DEFAULT_TOKENS, _DEFAULT_OVERLAP = 300, 20
STRATEGIES = {"FIXED_SIZE", "NONE"}


def chunks_of(text: str, configuration: dict[str, Any] | None) -> list[str]:
    """Of whole sentences, as far as they fit, by a data source's chunkingConfiguration. A word is 4/3 tokens."""
    if configuration and configuration["chunkingStrategy"] == "NONE":
        return [text]
    fixed = (configuration or {}).get("fixedSizeChunkingConfiguration") or {}
    longest = max(1, int(fixed.get("maxTokens", _DEFAULT_TOKENS)) * 3 // 4)
    overlap = longest * int(fixed.get("overlapPercentage", _DEFAULT_OVERLAP)) // 100
    chunks: list[list[str]] = [[]]
    for sentence in _sentences(text, longest):
        if chunks[-1] and _words(*chunks[-1], sentence) > longest:
            kept = chunks[-1]
            while kept and (_words(*kept) > overlap or _words(*kept, sentence) > longest):
                kept = kept[1:]
            chunks.append(kept)
        chunks[-1] = [*chunks[-1], sentence]
    return [" ".join(chunk) for chunk in chunks if chunk]


def _sentences(text: str, longest: int) -> list[str]:
    """Without line breaks, and none longer than `longest` words."""
    found: list[str] = []
    for sentence in re.split(r"(?<=[.!?])\s+|\n\s*\n", text):
        words = sentence.split()
        found += [" ".join(words[start : start + longest]) for start in range(0, len(words), longest)]
    return found


def _words(*texts: str) -> int:
    return sum(text.count(" ") + 1 for text in texts)
