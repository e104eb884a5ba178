"""Prompt injections: recognizing them, and what a model does that obeys them."""

import json
import re
from dataclasses import dataclass

from local.model.grounding import Grounding, read_conversation
from local.model.prompt import Json, Prompt

_OVERRIDE = re.compile(
    r"(?<!n['’]t )(?<!not )\b(?:ignore|disregard|forget|override)\b[^.!?\n]{0,40}"
    r"\b(?:instructions?|rules|prompts?|guidelines?|the above|everything (?:above|before|you))\b"
    r"|\bnew (?:system )?instructions?\b|\byou are now (?:an?|the|in)\b|^\s*(?:system|assistant)\s*:",
    re.IGNORECASE | re.MULTILINE,
)
_REVEAL = re.compile(
    r"\b(?:reveal|print|repeat|show|output|display|tell me|quote)\b[^.!?\n]{0,40}"
    r"\b(?:instructions|(?:system )?prompt)\b",
    re.IGNORECASE,
)
_SAY = re.compile(
    r"\b(?:say|reply|respond|answer|output|print|write)\b(?:\s+(?:only|just|exactly|with|the words?|that))*\s*:?\s*"
    r"(?:[\"“‘'](?P<quoted>[^\"”’']+)[\"”’']|(?P<plain>[^.!?\n]+))",
    re.IGNORECASE,
)
_CALL = re.compile(
    r"\b(?:call|use|invoke|run)\s+(?:the\s+)?(?:(?:tool|function)\s+)?[`\"“'‘]?(?P<name>[\w-]+)[`\"”'’]?", re.IGNORECASE
)


@dataclass(frozen=True)
class Order:
    """What an injected instruction demands: a text or a tool call, with an input if it names one."""

    text: str = ""
    tool: str = ""
    input: Json | None = None


def is_suspicious(text: str) -> bool:
    """Whether a text tries to instruct the model."""
    return bool(_OVERRIDE.search(text) or _REVEAL.search(text))


def order_in(prompt: Prompt) -> Order | None:
    """Find an injected instruction in the conversation, looking at the latest words first.

    In the user's own words, only what says that it overrides something counts: "please say …" is a normal request.
    """
    conversation = read_conversation(prompt)
    given = _given_texts(conversation.grounding) + conversation.tool_results
    own = [conversation.question] if is_suspicious(conversation.question) else []
    for text in own + given:
        order = _order(text, prompt)
        if order is not None:
            return order
    return None


def _given_texts(grounding: Grounding) -> list[str]:
    return [fact.value for fact in grounding.facts] + [passage.text for passage in grounding.passages]


def _order(text: str, prompt: Prompt) -> Order | None:
    names = {tool.name for tool in prompt.tools}
    for match in _CALL.finditer(text):
        if match["name"] in names:
            return Order(tool=match["name"], input=_json_after(text, match.end()))
    if _REVEAL.search(text):
        return Order(text=prompt.system or "I have no instructions.")
    said = _SAY.search(text) if _OVERRIDE.search(text) or _SAY.match(text.strip()) else None
    if said is not None:
        return Order(text=(said["quoted"] or said["plain"]).strip())
    return None


def _json_after(text: str, position: int) -> Json | None:
    start = text.find("{", position)
    if start < 0:
        return None
    try:
        value, _ = json.JSONDecoder().raw_decode(text, start)
    except ValueError:
        return None
    return value if isinstance(value, dict) else None
