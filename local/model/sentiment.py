"""What a text sounds like, by its words: enough to tell thanks from anger."""

import re
from collections.abc import Sequence
from typing import Any

from local.model.grounding import sentences
from local.model.injections import is_suspicious

_GOOD = re.compile(
    r"\b(?:thank\w*|thanks|great|lovely|wonderful|kind|happy|pleased|delighted|love[ds]?|perfect|excellent|grateful)\b",
    re.IGNORECASE,
)
_BAD = re.compile(
    r"\b(?:never|not|still|again|late|broken|wrong|missing|lost|waiting|disappoint\w*|unhappy|sorry|problem|sadly)\b",
    re.IGNORECASE,
)
_WORST = re.compile(
    r"\b(?:angry|furious|awful|terrible|appalling|disgust\w*|outrage\w*|unacceptable|worst|scam|fraud|ashamed|desperate)\b",
    re.IGNORECASE,
)
_SCALE = {
    **dict.fromkeys(("desperate", "furious", "very-negative"), -1.0),
    **dict.fromkeys(("unhappy", "negative", "bad"), -0.5),
    "neutral": 0.0,
    **dict.fromkeys(("content", "positive", "good"), 0.5),
    **dict.fromkeys(("delighted", "very-positive"), 1.0),
}


def of(text: str) -> float:
    """From -1 to 1; what orders the reader about says nothing of the writer."""
    said = " ".join(each for each in sentences(text) if not is_suspicious(each))
    good, bad, worst = (len(pattern.findall(said)) for pattern in (_GOOD, _BAD, _WORST))
    return max(-1.0, min(1.0, 0.5 * good - 0.25 * bad - 1.0 * worst))


def among(values: Sequence[Any], text: str) -> Any:
    """Of words for sentiments, the one that comes nearest; None where they are no such words."""
    scaled = {value: _SCALE[value] for value in values if isinstance(value, str) and value in _SCALE}
    return min(scaled, key=lambda value: abs(scaled[value] - of(text))) if scaled else None
