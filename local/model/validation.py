"""The checks of Converse before any model is involved, with Bedrock's messages as quoted in public issues."""

import json
from collections.abc import Iterator
from itertools import pairwise

from local.model.capabilities import Model
from local.model.errors import ModelRefusal, ValidationException
from local.model.prompt import Json


def check_converse(body: Json, model: Model) -> None:
    """Raise ValidationException for the first error in the body of a Converse request."""
    messages = body.get("messages")
    if not isinstance(messages, list) or not messages or not all(_is_message(message) for message in messages):
        raise ValidationException("A conversation must have at least one message. Add a message and try again.")
    _check_roles([message["role"] for message in messages])
    for index, message in enumerate(messages):
        _check_content(message["content"], index)
    _check_tool_blocks(messages, has_tools=bool(body.get("toolConfig")))
    for index, block in enumerate(body.get("system") or []):
        if "text" in block and not block["text"].strip():
            raise ValidationException(
                f"The text field in the SystemContentBlock object at system.{index} is blank. Add text to the text "
                "field, and try again."
            )
    if body.get("toolConfig"):
        _check_tools(body["toolConfig"])
    _check_inference(body.get("inferenceConfig") or {}, model)


def _is_message(message: object) -> bool:
    return (
        isinstance(message, dict) and isinstance(message.get("content"), list) and isinstance(message.get("role"), str)
    )


def _check_roles(roles: list[str]) -> None:
    for index, role in enumerate(roles):
        if role not in {"user", "assistant"}:
            raise ValidationException(
                f"Value '{role}' at 'messages.{index + 1}.member.role' failed to satisfy constraint: Member must "
                "satisfy enum value set: [user, assistant]"
            )
    if roles[0] != "user":
        raise ValidationException(
            "A conversation must start with a user message. Try again with a conversation that starts with a user "
            "message."
        )
    if any(role == following for role, following in pairwise(roles)):
        raise ValidationException(
            "A conversation must alternate between user and assistant roles. Make sure the conversation alternates "
            "between user and assistant roles and try again."
        )


def _check_content(content: list[Json], index: int) -> None:
    if not content:
        raise ValidationException(
            f"The content field in the Message object at messages.{index} is empty. Add a ContentBlock object to the "
            "content field and try again."
        )
    for position, block in enumerate(content):
        if "text" in block and not block["text"].strip():
            raise ValidationException(
                f"The text field in the ContentBlock object at messages.{index}.content.{position} is blank. Add text "
                "to the text field, and try again."
            )
        for result in block.get("toolResult", {}).get("content", []):
            if "text" in result and not result["text"].strip():
                raise ModelRefusal("messages: text content blocks must contain non-whitespace text")


def _check_tool_blocks(messages: list[Json], *, has_tools: bool) -> None:
    called: list[str] = []
    for index, message in enumerate(messages):
        answered = list(_tool_ids(message, "toolResult"))
        calls = list(_tool_ids(message, "toolUse"))
        where = f"messages.{index}.content"
        if (answered or calls) and not has_tools:
            raise ValidationException(
                "The toolConfig field must be defined when using toolUse and toolResult content blocks."
            )
        if len(set(answered)) < len(answered):
            repeated = sorted({id_ for id_ in answered if answered.count(id_) > 1})
            raise ValidationException(f"The toolResult blocks at {where} contain duplicate Ids: {', '.join(repeated)}")
        if len(answered) > len(called):
            raise ValidationException(
                f"The number of toolResult blocks at {where} exceeds the number of toolUse blocks of previous turn."
            )
        missing = [id_ for id_ in called if id_ not in answered]
        if missing:
            raise ValidationException(
                f"Expected toolResult blocks at {where} for the following Ids: {', '.join(missing)}"
            )
        called = calls
    if called:
        raise ModelRefusal(
            f"messages.{len(messages) - 1}: `tool_use` ids were found without `tool_result` blocks immediately after: "
            f"{', '.join(called)}. Each `tool_use` block must have a corresponding `tool_result` block in the next "
            "message."
        )


def _tool_ids(message: Json, kind: str) -> Iterator[str]:
    for block in message["content"]:
        if kind in block:
            yield str(block[kind].get("toolUseId"))


def _check_tools(config: Json) -> None:
    specs = [tool["toolSpec"] for tool in config.get("tools") or [] if "toolSpec" in tool]
    if not specs:
        raise ValidationException(
            "Value '[]' at 'toolConfig.tools' failed to satisfy constraint: Member must have length greater than or "
            "equal to 1"
        )
    names = [spec["name"] for spec in specs]
    if len(set(names)) < len(names):
        raise ModelRefusal("tools: Tool names must be unique.")
    wanted = (config.get("toolChoice") or {}).get("tool", {}).get("name")
    if wanted is not None and wanted not in names:
        raise ModelRefusal(f"tool_choice: Tool '{wanted}' not found in provided tools")
    for index, spec in enumerate(specs):
        if (spec.get("inputSchema") or {}).get("json", {}).get("type") != "object":
            raise ValidationException(
                f"The value at toolConfig.tools.{index}.toolSpec.inputSchema.json.type must be one of the following: "
                "object."
            )


def _check_inference(config: Json, model: Model) -> None:
    for name in ("temperature", "topP"):
        value = config.get(name)
        if value is not None and not 0 <= value <= 1:
            bound = "less than or equal to 1" if value > 1 else "greater than or equal to 0"
            raise ValidationException(
                f"Value '{value}' at 'inferenceConfig.{name}' failed to satisfy constraint: Member must have value "
                f"{bound}"
            )
    limit = config.get("maxTokens")
    if limit is not None and limit < 1:
        raise ValidationException(
            f"Value '{limit}' at 'inferenceConfig.maxTokens' failed to satisfy constraint: Member must have value "
            "greater than or equal to 1"
        )
    if limit is not None and limit > model.max_output:
        raise ValidationException(
            f"The maximum tokens you requested exceeds the model limit of {model.max_output}. Try again with a maximum "
            f"tokens value that is lower than {model.max_output}."
        )


def read_output_schema(text: str) -> Json:
    """The JSON schema of a structured output; raises ModelRefusal for one that Bedrock cannot compile."""
    try:
        schema = json.loads(text)
    except ValueError as error:
        raise ValidationException(f"output_config.format.schema: Invalid JSON: {error}") from error
    if not isinstance(schema, dict):
        raise ValidationException("output_config.format.schema: Input should be an object")
    _check_closed(schema)
    return schema


def _check_closed(schema: object) -> None:
    if isinstance(schema, dict):
        if schema.get("type") == "object" and schema.get("additionalProperties") is not False:
            raise ModelRefusal(
                "output_config.format.schema: For 'object' type, 'additionalProperties' must be explicitly set to false"
            )
        for part in schema.values():
            _check_closed(part)
    elif isinstance(schema, list):
        for part in schema:
            _check_closed(part)
