"""From a draft to a timed stream of tokens: limits, stop sequences, pace, and interruptions."""

import asyncio
import json
import time
from collections.abc import Iterator
from contextlib import aclosing
from dataclasses import dataclass

from local.model.errors import ApiError
from local.model.prompt import (
    CallDelta,
    CallStart,
    End,
    Json,
    Piece,
    Pieces,
    Prompt,
    Start,
    StopReason,
    Text,
    TextDelta,
    ToolCall,
)
from local.model.tokens import tokenize


@dataclass(frozen=True)
class Draft:
    """An answer before any limits are applied."""

    text: str
    calls: tuple[ToolCall, ...] = ()


@dataclass(frozen=True)
class Answer:
    model_id: str
    blocks: list[Text | ToolCall]
    end: End


class Meter:
    """Measures one call. `tokens` counts the deltas that were generated, whether or not the client received them."""

    def __init__(self) -> None:
        self._started = time.monotonic()
        self._first_byte: float | None = None
        self.tokens = 0

    def count(self) -> None:
        self._first_byte = self._first_byte or time.monotonic()
        self.tokens += 1

    def milliseconds(self) -> int:
        return round((time.monotonic() - self._started) * 1000)

    def first_byte_milliseconds(self) -> int:
        return round(((self._first_byte or time.monotonic()) - self._started) * 1000)


@dataclass(frozen=True)
class Pace:
    """`tokens_per_second` 0 means no delay; `max_seconds` limits the total delay after the first token."""

    tokens_per_second: float = 0
    first_token_delay_seconds: float = 0
    max_seconds: float | None = None


def pieces_of(draft: Draft, prompt: Prompt) -> list[Piece]:
    """The answer as pieces, up to the prompt's stop sequences or max_tokens."""
    text, stop_sequence = _until_stop_sequence(draft.text, prompt.stop_sequences)
    deltas = [*map(TextDelta, tokenize(text))] if stop_sequence else [*_deltas(Draft(text, draft.calls))]
    counted = [index for index, delta in enumerate(deltas) if not isinstance(delta, CallStart)]
    input_tokens = prompt.input_tokens()
    reason: StopReason = "stop_sequence" if stop_sequence else "tool_use" if draft.calls else "end_turn"
    if len(counted) > prompt.max_tokens:
        deltas, reason, stop_sequence = deltas[: counted[prompt.max_tokens - 1] + 1], "max_tokens", None
    end = End(reason, input_tokens, min(len(counted), prompt.max_tokens), stop_sequence)
    return [Start(input_tokens), *deltas, end]


def _deltas(draft: Draft) -> Iterator[TextDelta | CallStart | CallDelta]:
    yield from map(TextDelta, tokenize(draft.text))
    for call in draft.calls:
        yield CallStart(call.id, call.name)
        yield from map(CallDelta, tokenize(json.dumps(call.input, ensure_ascii=False)))


def _until_stop_sequence(text: str, sequences: tuple[str, ...]) -> tuple[str, str | None]:
    found = [(text.index(sequence), sequence) for sequence in sequences if sequence in text]
    if not found:
        return text, None
    position, sequence = min(found)
    return text[:position], sequence


async def paced(pieces: list[Piece], pace: Pace) -> Pieces:
    """Yield each piece when it is due; delays are caught up on."""
    first_due = time.monotonic() + pace.first_token_delay_seconds
    for index, piece in enumerate(pieces):
        if index > 0 and not isinstance(piece, End):
            waited = (index - 1) / pace.tokens_per_second if pace.tokens_per_second else 0
            limit = waited if pace.max_seconds is None else pace.max_seconds
            delay = first_due + min(waited, limit) - time.monotonic()
            if delay > 0:
                await asyncio.sleep(delay)
        yield piece


async def metered(pieces: Pieces, meter: Meter) -> Pieces:
    async for piece in pieces:
        if isinstance(piece, TextDelta | CallDelta):
            meter.count()
        yield piece


async def interrupted(pieces: Pieces, after_tokens: int, error: ApiError) -> Pieces:
    """Raise the error after so many tokens. An answer with no more tokens than that is not interrupted."""
    tokens = 0
    async with aclosing(pieces):
        async for piece in pieces:
            if isinstance(piece, TextDelta | CallDelta):
                tokens += 1
                if tokens > after_tokens:
                    raise error
            yield piece


async def collect(pieces: Pieces, prompt: Prompt) -> Answer:
    """The blocks of the whole answer; a tool call that max_tokens cut off has an empty input."""
    texts: list[list[str]] = []
    blocks: list[CallStart | None] = []
    end = End("end_turn", 0, 0)
    async for piece in pieces:
        match piece:
            case TextDelta(text):
                if not blocks or blocks[-1] is not None:
                    blocks.append(None)
                    texts.append([])
                texts[-1].append(text)
            case CallStart():
                blocks.append(piece)
                texts.append([])
            case CallDelta(text):
                texts[-1].append(text)
            case End():
                end = piece
    content = [
        Text("".join(parts)) if call is None else ToolCall(call.id, call.name, _parsed("".join(parts)))
        for call, parts in zip(blocks, texts, strict=True)
    ]
    return Answer(prompt.model_id, content, end)


def _parsed(text: str) -> Json:
    try:
        value = json.loads(text or "{}")
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
