"""Builds requests and Prompts for tests."""

from typing import Any

from local.model.prompt import Prompt, Text, Tool, ToolCall, ToolChoice, ToolResult, Turn

SONNET = "us.anthropic.claude-sonnet-4-5-20250929-v1:0"

ADA = '<fact name="name">Ada Lovelace</fact> <fact name="interests">prevention, running</fact>'
SCREENING = (
    '<passage id="p1" title="Bowel screening">Bowel screening finds cancer early. A kit comes by post.</passage>'
    '<passage id="p2" title="Legacies">A gift in your will funds research &amp; care.</passage>'
)

NOTE: dict[str, Any] = {
    "type": "object",
    "properties": {
        "basis": {"type": "array", "items": {"type": "string"}},
        "interests": {"type": "array", "items": {"type": "string"}},
        "intents": {"type": "array", "items": {"type": "string"}},
        "facts": {"type": "array", "items": {"type": "string"}},
    },
    "required": ["basis", "interests", "intents", "facts"],
}


def prompt(*said: str, system: str = "", **fields: Any) -> Prompt:
    """A prompt with alternating turns of user and assistant."""
    turns = (Turn("assistant" if n % 2 else "user", (Text(text),)) for n, text in enumerate(said))
    return Prompt("anthropic.claude", tuple(turns), fields.pop("max_tokens", 1000), system, **fields)


def note_tool(description: str = "Note what was said.") -> Tool:
    return Tool("note", description, NOTE)


def after_tool(question: str, answer: str, result: str, system: str = "") -> Prompt:
    """A conversation in which the assistant has answered and called a tool, and now gets its result."""
    return Prompt(
        "anthropic.claude",
        (
            Turn("user", (Text(question),)),
            Turn("assistant", (*([Text(answer)] if answer else []), ToolCall("t1", "note", {}))),
            Turn("user", (ToolResult("t1", result),)),
        ),
        1000,
        system,
        tools=(note_tool("Call it after every answer."),),
        tool_choice=ToolChoice(),
    )


def ask(text: str, **fields: Any) -> dict[str, Any]:
    """A Converse request with this text."""
    return {"modelId": SONNET, "messages": [{"role": "user", "content": [{"text": text}]}], **fields}


def tool_config(description: str = "Call it after every answer.", **choice: Any) -> dict[str, Any]:
    spec = {"name": "note", "description": description, "inputSchema": {"json": NOTE}}
    return {"tools": [{"toolSpec": spec}]} | ({"toolChoice": choice} if choice else {})
