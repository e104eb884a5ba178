"""Conversations as a model accepts them, also where some of their messages were lost.

Converse refuses a conversation that does not begin with the user, whose roles do not alternate, or that has a blank
text, a tool call without its result in the next message, or a result without its call.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from math import ceil

from shared.models.model import Message, ToolCall, ToolResult

MAX_MESSAGES = 50
_TOKENS_PER_BLOCK = 8  # role, markers, ids


def conversation(
    history: Iterable[Message], question: str, *, max_tokens: int, max_messages: int = MAX_MESSAGES
) -> tuple[Message, ...]:
    """What to send: as much of the newest history as the limits allow, in whole exchanges, and the question.

    `max_messages` counts the history, `max_tokens` everything. The question is not blank, and never cut.
    """
    whole = repaired((*history, Message("user", question)))
    *said, last = whole
    room = max_tokens - estimated_tokens_of(last)
    kept = len(said)
    for at in reversed(range(len(said))):
        room -= estimated_tokens_of(said[at])
        if room < 0 or len(said) - at > max_messages:
            break
        if _begins_an_exchange(said[at]):
            kept = at
    return whole[kept:]


def repaired(messages: Iterable[Message]) -> tuple[Message, ...]:
    """The messages as a model accepts them; a conversation that it accepts already stays as it is.

    Dropped are blank texts, what the assistant said before the user did, calls without results and results without
    calls, and questions that were never answered, except for the last. The assistant's consecutive messages are joined.
    """
    sound: list[Message] = []
    for message in messages:
        if not (message.text.strip() or message.tool_calls or message.tool_results):
            continue
        if message.role == "user":
            _add_users(sound, message)
        else:
            _add_assistants(sound, message)
    _drop_calls(sound)
    return tuple(sound)


def estimated_tokens(text: str) -> int:
    """More than most models count: a token for every three ASCII characters, and for every two bytes of other scripts.

    That is 1 token per letter in Greek, Cyrillic, Hebrew or Arabic, 1.5 in Chinese, Japanese or Korean, 2 per emoji.
    """
    size = len(text.encode(errors="surrogatepass"))
    others = len(text) if text.isascii() else sum(map(str.isascii, text))
    return ceil(others / 3 + (size - others) / 2)


def estimated_tokens_of(message: Message) -> int:
    """Including its calls and results, and what surrounds them."""
    calls = sum(estimated_tokens(call.name + json.dumps(call.input)) for call in message.tool_calls)
    results = sum(estimated_tokens(result.text) for result in message.tool_results)
    blocks = 1 + len(message.tool_calls) + len(message.tool_results)
    return estimated_tokens(message.text) + calls + results + blocks * _TOKENS_PER_BLOCK


def _begins_an_exchange(message: Message) -> bool:
    return message.role == "user" and not message.tool_results


def _add_users(sound: list[Message], message: Message) -> None:
    results_once = _once(message.tool_results)
    if sound and sound[-1].role == "assistant":
        called = {call.call_id for call in sound[-1].tool_calls}
        results = tuple(result for result in results_once if result.call_id in called)
        answered = {result.call_id for result in results}
        _keep_calls(sound, tuple(call for call in sound[-1].tool_calls if call.call_id in answered))
    else:
        results = ()
    kept = _kept(message, tool_calls=(), tool_results=results)
    if not kept:
        return
    while sound and sound[-1].role == "user":  # never answered
        sound.pop()
        _drop_calls(sound)
    sound.append(kept)


def _add_assistants(sound: list[Message], message: Message) -> None:
    kept = _kept(message, tool_calls=_once(message.tool_calls), tool_results=())
    if not kept:
        return
    _drop_calls(sound)
    if not sound:
        return
    if sound[-1].role == "assistant":
        texts = [text for text in (sound.pop().text, kept.text) if text]
        kept = replace(kept, text="\n\n".join(texts))
    sound.append(kept)


def _drop_calls(sound: list[Message]) -> None:
    """Remove calls that got no results, and their message where it has nothing else."""
    if sound:
        _keep_calls(sound, ())


def _keep_calls(sound: list[Message], calls: tuple[ToolCall, ...]) -> None:
    last = sound[-1]
    if last.role == "user" or last.tool_calls == calls:
        return
    sound.pop()
    if kept := _kept(last, tool_calls=calls, tool_results=()):
        sound.append(kept)


def _kept(message: Message, tool_calls: tuple[ToolCall, ...], tool_results: tuple[ToolResult, ...]) -> Message | None:
    """The message with these parts and without a blank text; None where nothing is left."""
    text = message.text if message.text.strip() else ""
    if not (text or tool_calls or tool_results):
        return None
    return replace(message, text=text, tool_calls=tool_calls, tool_results=tool_results)


def _once[Part: (ToolCall, ToolResult)](parts: Sequence[Part]) -> tuple[Part, ...]:
    """The first part with each id."""
    seen: dict[str, Part] = {}
    for part in parts:
        seen.setdefault(part.call_id, part)
    return tuple(seen.values())
