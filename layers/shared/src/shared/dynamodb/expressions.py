"""Conditions and changes of DynamoDB's items, as Python says them.

    attribute("version") == 3
    attribute("seq").missing() | (attribute("expiresAt") <= now)
    set_to("status", "done"), add("seq", 1), remove(("followers", connection_id))

Every name and value goes through a placeholder: no name is reserved, and nothing is ever part of an expression's text.
"""

from collections.abc import Callable, Sequence
from typing import Any

from shared.dynamodb.attribute_values import Typed, typed

type Path = str | tuple[str, ...]
"""An attribute's name, or the names on the way into maps."""


class Placeholders:
    """The names and values of one request's expressions."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._values: dict[str, Typed] = {}

    def path(self, path: Path) -> str:
        names = (path,) if isinstance(path, str) else path
        return ".".join(self._names.setdefault(name, f"#{len(self._names)}") for name in names)

    def value(self, value: object) -> str:
        placeholder = f":{len(self._values)}"
        self._values[placeholder] = typed(value)
        return placeholder

    def operand(self, operand: object) -> str:
        return self.path(operand.path) if isinstance(operand, Attribute) else self.value(operand)

    def arguments(self) -> dict[str, Any]:
        """The request's fields for them; DynamoDB refuses empty ones."""
        arguments: dict[str, Any] = {}
        if self._names:
            arguments["ExpressionAttributeNames"] = {placeholder: name for name, placeholder in self._names.items()}
        if self._values:
            arguments["ExpressionAttributeValues"] = self._values
        return arguments


class Condition:
    """Something that holds of an item or does not. Combine them with `&`, `|` and `~`."""

    def __init__(self, text: Callable[[Placeholders], str]) -> None:
        self.text = text

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(lambda known: f"({self.text(known)} AND {other.text(known)})")

    def __or__(self, other: "Condition") -> "Condition":
        return Condition(lambda known: f"({self.text(known)} OR {other.text(known)})")

    def __invert__(self) -> "Condition":
        return Condition(lambda known: f"(NOT {self.text(known)})")

    def __bool__(self) -> bool:
        raise TypeError("combine conditions with &, | and ~, not with `and`, `or` and `not`")


class Attribute:
    """Compared with a value, or with another attribute, it makes a condition; what is missing compares as false."""

    __hash__ = None  # type: ignore[assignment]  # its == is no equality

    def __init__(self, path: Path) -> None:
        self.path = path

    def __eq__(self, other: object) -> Condition:  # type: ignore[override]
        return self._compared("=", other)

    def __ne__(self, other: object) -> Condition:  # type: ignore[override]
        return self._compared("<>", other)

    def __lt__(self, other: object) -> Condition:
        return self._compared("<", other)

    def __le__(self, other: object) -> Condition:
        return self._compared("<=", other)

    def __gt__(self, other: object) -> Condition:
        return self._compared(">", other)

    def __ge__(self, other: object) -> Condition:
        return self._compared(">=", other)

    def between(self, least: object, most: object) -> Condition:
        """Both ends included."""
        return Condition(
            lambda known: f"{known.path(self.path)} BETWEEN {known.operand(least)} AND {known.operand(most)}"
        )

    def is_in(self, values: Sequence[object]) -> Condition:
        """At least one and at most a hundred values."""
        return Condition(
            lambda known: f"{known.path(self.path)} IN ({', '.join(known.operand(value) for value in values)})"
        )

    def starts_with(self, prefix: str) -> Condition:
        return self._tested("begins_with", prefix)

    def contains(self, part: object) -> Condition:
        """A part of a text, or a member of a set or list."""
        return self._tested("contains", part)

    def size_below(self, count: int) -> Condition:
        """Of characters in a text, of members of a set, list or map; what is missing has no size, and fails."""
        return Condition(lambda known: f"size({known.path(self.path)}) < {known.value(count)}")

    def exists(self) -> Condition:
        return self._tested("attribute_exists")

    def missing(self) -> Condition:
        return self._tested("attribute_not_exists")

    def _compared(self, sign: str, other: object) -> Condition:
        return Condition(lambda known: f"{known.path(self.path)} {sign} {known.operand(other)}")

    def _tested(self, function: str, *operands: object) -> Condition:
        def text(known: Placeholders) -> str:
            return f"{function}({', '.join((known.path(self.path), *map(known.operand, operands)))})"

        return Condition(text)


def attribute(path: Path) -> Attribute:
    return Attribute(path)


class Change:
    """A part of an update. Of those that are `repeatable`, made twice, the second changes nothing."""

    def __init__(self, clause: str, text: Callable[[Placeholders], str], *, repeatable: bool) -> None:
        self.clause, self.text, self.repeatable = clause, text, repeatable


def set_to(path: Path, value: object) -> Change:
    """Give an attribute a value, which may be another attribute; None removes it, as a put leaves it out."""
    if value is None:
        return remove(path)
    return Change(
        "SET",
        lambda known: f"{known.path(path)} = {known.operand(value)}",
        repeatable=not isinstance(value, Attribute),
    )


def set_if_missing(path: Path, value: object) -> Change:
    def text(known: Placeholders) -> str:
        name = known.path(path)
        return f"{name} = if_not_exists({name}, {known.value(value)})"

    return Change("SET", text, repeatable=True)


def add(path: Path, value: int | frozenset[str]) -> Change:
    """Count up, from nothing on; or put members into a set."""
    return Change(
        "ADD",
        lambda known: f"{known.path(path)} {known.value(value)}",
        repeatable=isinstance(value, frozenset),
    )


def discard(path: Path, members: frozenset[str]) -> Change:
    """Take members out of a set; the last one takes the attribute with it."""
    return Change("DELETE", lambda known: f"{known.path(path)} {known.value(members)}", repeatable=True)


def remove(path: Path) -> Change:
    return Change("REMOVE", lambda known: known.path(path), repeatable=True)


def update_text(changes: Sequence[Change], known: Placeholders) -> str:
    """`SET a = :0, b = :1 ADD c :2`. Raises ValueError for no changes."""
    if not changes:
        raise ValueError("an update has to change something")
    clauses: dict[str, list[str]] = {}
    for change in changes:
        clauses.setdefault(change.clause, []).append(change.text(known))
    return " ".join(f"{clause} {', '.join(texts)}" for clause, texts in clauses.items())
