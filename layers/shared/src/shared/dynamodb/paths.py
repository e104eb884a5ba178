"""Ways into maps and lists by names that are data, and so may look like anything."""

from collections.abc import Sequence
from typing import Any

from pynamodb.expressions.operand import Path, Value

from shared.dynamodb.documents import in_dynamodb


class LiteralPath(Path):
    """Its names are taken as they are, where pynamodb reads `a[0]` as an element of a list.

    Its values may be any JSON, where pynamodb takes `{"S": "x"}` for a text in DynamoDB's own notation.
    """

    def __init__(self, steps: Sequence[str | int]) -> None:
        super().__init__(list(steps))  # type: ignore[arg-type]  # pynamodb has its elements' numbers within the names

    def __getitem__(self, step: str | int) -> "LiteralPath":
        return LiteralPath([*self.path, step])

    def __str__(self) -> str:
        return ".".join(map(repr, self.path))

    def _serialize_value(self, value: Sequence[str | int], names: dict[str, str], _: dict[str, Any]) -> str:
        text = ""
        for step in value:
            text += f"[{step}]" if isinstance(step, int) else f".{names.setdefault(step, f'#{len(names)}')}"
        return text.removeprefix(".")

    def _to_value(self, value: Any) -> Value:
        return Value(in_dynamodb(value) if isinstance(value, dict | list | tuple) else value)
