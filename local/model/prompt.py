"""Prompts and answers, independent of the API."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from typing import Any, Literal

from local.model.tokens import count_tokens

type Json = dict[str, Any]
type StopReason = Literal["end_turn", "tool_use", "max_tokens", "stop_sequence", "content_filtered"]


@dataclass(frozen=True)
class Text:
    text: str


@dataclass(frozen=True)
class ToolCall:
    id: str
    name: str
    input: Json


@dataclass(frozen=True)
class ToolResult:
    id: str
    text: str


type Block = Text | ToolCall | ToolResult


@dataclass(frozen=True)
class Turn:
    role: Literal["user", "assistant"]
    blocks: tuple[Block, ...]

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks if isinstance(block, Text))

    @property
    def tool_results(self) -> list[ToolResult]:
        return [block for block in self.blocks if isinstance(block, ToolResult)]


@dataclass(frozen=True)
class Tool:
    name: str
    description: str
    schema: Json


@dataclass(frozen=True)
class ToolChoice:
    mode: Literal["auto", "any", "tool", "none"] = "auto"
    name: str = ""

    @property
    def forces(self) -> bool:
        return self.mode in {"any", "tool"}


@dataclass(frozen=True)
class Prompt:
    """`max_tokens` defaults to the model's limit; with an `output_schema`, the answer is JSON."""

    model_id: str
    turns: tuple[Turn, ...]
    max_tokens: int
    system: str = ""
    temperature: float | None = None
    top_p: float | None = None
    stop_sequences: tuple[str, ...] = ()
    tools: tuple[Tool, ...] = ()
    tool_choice: ToolChoice = field(default_factory=ToolChoice)
    output_schema: Json | None = None

    def input_tokens(self) -> int:
        texts = [self.system]
        blocks = [block for turn in self.turns for block in turn.blocks]
        texts += [str(block.input) if isinstance(block, ToolCall) else block.text for block in blocks]
        texts += [f"{tool.name} {tool.description} {tool.schema}" for tool in self.tools]
        return sum(count_tokens(text) for text in texts)


@dataclass(frozen=True)
class Start:
    """The model has started to answer a prompt of so many tokens."""

    input_tokens: int


@dataclass(frozen=True)
class TextDelta:
    text: str


@dataclass(frozen=True)
class CallStart:
    id: str
    name: str


@dataclass(frozen=True)
class CallDelta:
    """A part of the JSON text of a tool call's input."""

    json: str


@dataclass(frozen=True)
class End:
    reason: StopReason
    input_tokens: int
    output_tokens: int
    stop_sequence: str | None = None


type Piece = Start | TextDelta | CallStart | CallDelta | End
type Pieces = AsyncGenerator[Piece]
"""In order: Start, the deltas of each block (after a CallStart if it is a call), End.

Whoever stops reading them closes them: a relayed answer holds a connection to its model.
"""
