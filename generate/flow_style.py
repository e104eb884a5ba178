"""YAML in flow style as the templates have it: an entry a line, no line over 200 characters, repeated values once."""

import json
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

MAX_CHARACTERS = 200
_PLAIN = re.compile(r"[A-Za-z][\w./-]*")
_READ_AS_SOMETHING_ELSE = {"true", "false", "null", "yes", "no", "on", "off", "y", "n"}
_WORTH_AN_ANCHOR = 60  # characters; below, an alias is no easier to read than the value


def property_lines(name: str, value: Mapping[str, Any], indent: int) -> Iterator[str]:
    """The lines of a property whose value is a mapping, from an indentation in characters on."""
    text = _Text(value)
    yield f"{' ' * indent}{name}:"
    for key, entry in value.items():
        yield from wrapped(f"{_scalar(key)}: {text.of(entry, key)}", indent + 2)


def wrapped(text: str, indent: int) -> Iterator[str]:
    """The text as lines that end after a comma; within quotes too, where YAML reads the end of a line as a space."""
    line = " " * indent
    for part in re.split(r"(?<=,) ", text):
        if line.strip() and len(line) + len(part) > MAX_CHARACTERS:
            yield line.rstrip()
            line = " " * (indent + 2)
        line += f"{part} "
    yield line.rstrip()


class _Text:
    """Writes values; one that occurs repeatedly is written once, with an anchor, and then by alias.

    Not by merges (<<): `sam validate --lint` warns of those in APIs, and fails.
    """

    def __init__(self, value: Mapping[str, Any]) -> None:
        occurrences = Counter(json.dumps(each) for each in _mappings(value))
        self._repeated = {
            each
            for each, count in occurrences.items()
            if count > 1 and (len(each) > _WORTH_AN_ANCHOR or json.loads(each).keys() == {"type"})
        }
        self._anchors: dict[str, str] = {}

    def of(self, value: Any, key: str) -> str:
        match value:
            case {"Fn::Sub": text}:
                return f'!Sub "{text}"'
            case {"Fn::GetAtt": [resource, attribute]}:
                return f"!GetAtt {resource}.{attribute}"
            case dict():
                return self._mapping(value, key)
            case list():
                return f"[{', '.join(self.of(each, key) for each in value)}]"
            case str():
                return _scalar(value)
        return json.dumps(value)

    def _mapping(self, value: dict[str, Any], key: str) -> str:
        same = json.dumps(value)
        if same in self._anchors:
            return f"*{self._anchors[same]}"
        anchor = ""
        if same in self._repeated:
            self._anchors[same] = self._anchor(value["type"] if value.keys() == {"type"} else key)
            anchor = f"&{self._anchors[same]} "
        entries = ", ".join(f"{_scalar(name)}: {self.of(each, name)}" for name, each in value.items())
        return f"{anchor}{{{entries}}}"

    def _anchor(self, key: str) -> str:
        """`access_denied` for the value of ACCESS_DENIED, `string` for a type; the next one of a name gets a number."""
        name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", key).lower()
        taken = sum(re.fullmatch(rf"{name}(_\d+)?", other) is not None for other in self._anchors.values())
        return f"{name}_{taken + 1}" if taken else name


def _mappings(value: Any) -> Iterator[Any]:
    """Every mapping within; of equal ones, only the first one's parts."""
    seen: set[str] = set()
    pending = [value]
    while pending:
        node = pending.pop(0)
        if isinstance(node, dict):
            yield node
            same = json.dumps(node)
            if same in seen:
                continue
            seen.add(same)
        pending += node.values() if isinstance(node, dict) else node if isinstance(node, list) else []


def _scalar(text: str) -> str:
    if _PLAIN.fullmatch(text) and text.lower() not in _READ_AS_SOMETHING_ELSE:
        return text
    return "'" + text.replace("'", "''") + "'" if '"' in text or "\\" in text else f'"{text}"'
