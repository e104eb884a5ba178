"""Which tools are called before an answer: those that look something up, or propose it, that the question is about.

What a tool does is told by the first word of its description, and what it is about by the others.
"""

import hashlib
import json
import re

from local.model.grounding import Conversation, subjects
from local.model.injections import is_suspicious
from local.model.prompt import Json, Prompt, Tool, ToolCall, Turn

_LOOKS_UP = re.compile(r"(?:searches|lists|reads|finds|looks up)\b", re.IGNORECASE)
_SEARCHES = re.compile(r"(?:searches|finds)\b", re.IGNORECASE)
_PROPOSES = re.compile(r"proposes\b", re.IGNORECASE)
_GREETING = re.compile(
    r"\W*(?:hello|hi|hey|good (?:morning|afternoon|evening)|thanks?(?: you)?)\b[^?]{0,30}", re.IGNORECASE
)
_NAMED = re.compile(r"\b(?P<kind>[a-z]+) (?P<id>[0-9a-f]{8}-[0-9a-f-]{27})\b(?P<rest>[^\n]*)", re.IGNORECASE)
_ITEMS = re.compile(r"\brefund(?:ed)?\s+(?:me\s+)?(?:for\s+)?(?:the|my)\s+(?P<items>[^.,;:!?]+)", re.IGNORECASE)


def lookups(prompt: Prompt, conversation: Conversation) -> tuple[ToolCall, ...]:
    """The calls to make next; none where everything that the question is about has been called."""
    question = conversation.question
    if prompt.tool_choice.mode == "none" or is_suspicious(question) or _GREETING.fullmatch(question):
        return ()
    called = {block.name for turn in _since(prompt) for block in turn.blocks if isinstance(block, ToolCall)}
    tools = [tool for tool in prompt.tools if tool.name not in called]
    wanted = [tool for tool in tools if _is_wanted(tool, question)]
    missing = {kind for tool in wanted for kind in _unknown_ids(tool, conversation)}
    wanted += [tool for tool in tools if tool not in wanted and _lists(tool, missing)]
    found = [call for tool in wanted if (call := _call(tool, conversation))]
    if not found and not called:  # it may be about anything that there is
        found = [call for tool in tools if _SEARCHES.match(tool.description) and (call := _call(tool, conversation))]
    return tuple(found)


def is_called_before(tool: Tool) -> bool:
    """Before an answer, if at all."""
    return bool(_LOOKS_UP.match(tool.description) or _PROPOSES.match(tool.description))


def _since(prompt: Prompt) -> list[Turn]:
    """The turns after the last of the user's own words."""
    turns = prompt.turns
    last = max((at for at, turn in enumerate(turns) if turn.role == "user" and turn.text.strip()), default=-1)
    return list(turns[last + 1 :])


def _is_wanted(tool: Tool, question: str) -> bool:
    if _PROPOSES.match(tool.description):
        return bool(subjects(tool.name.replace("_", " ")) & subjects(question))
    return bool(_LOOKS_UP.match(tool.description)) and bool(subjects(tool.description) & subjects(question))


def _unknown_ids(tool: Tool, conversation: Conversation) -> list[str]:
    """The kinds of things whose ids the tool requires, and nothing has said yet."""
    kinds = [name.removesuffix("Id") for name in tool.schema.get("required") or () if name.endswith("Id")]
    return [kind for kind in kinds if not _id_of(kind, conversation)]


def _lists(tool: Tool, kinds: set[str]) -> bool:
    return bool(_LOOKS_UP.match(tool.description)) and bool(subjects(tool.description) & subjects(" ".join(kinds)))


def _call(tool: Tool, conversation: Conversation) -> ToolCall | None:
    """None where nothing is known of something that it requires."""
    value: Json = {}
    for name in tool.schema.get("properties") or {}:
        given = _value(name, conversation)
        if given:
            value[name] = given
        elif name in (tool.schema.get("required") or ()):
            return None
    seed = f"{len(conversation.tool_results)}/{tool.name}/{json.dumps(value, sort_keys=True)}"
    return ToolCall(f"tooluse_{hashlib.sha256(seed.encode()).hexdigest()[:22]}", tool.name, value)


def _value(name: str, conversation: Conversation) -> str:
    question = conversation.question[:300]
    if name.endswith("Id"):
        return _id_of(name.removesuffix("Id"), conversation)
    if name == "items":
        items = _ITEMS.search(question)
        return items["items"] if items and not re.search(r"\borders?\b", items["items"]) else ""
    return question if re.search(r"question|query|words|reason", name, re.IGNORECASE) else ""


def _id_of(kind: str, conversation: Conversation) -> str:
    """In what was looked up: of the one whose number the question mentions, or else of the first."""
    text = "\n".join(conversation.tool_results)
    found = [each for each in _NAMED.finditer(text) if each["kind"].lower() == kind.lower()]
    numbers = set(re.findall(r"\d+", conversation.question))
    mentioned = [each for each in found if numbers & set(re.findall(r"number (\d+)", each["rest"]))]
    return next((each["id"] for each in [*mentioned, *found]), "")
