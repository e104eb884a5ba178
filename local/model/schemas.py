"""Generates values for a JSON schema from a conversation: always valid, and meaningful where names tell the meaning.

Supported keywords of draft 2020-12: type (also a list), properties, required, items, enum, const, $ref into $defs,
anyOf and oneOf (the first alternative that is not null), allOf (merged), limits of lengths, sizes and numbers,
uniqueItems, and multipleOf for integers. Not supported: pattern, patternProperties, if/then, not.
"""

import json
import math
import re
from dataclasses import dataclass
from typing import Any

from local.model import extraction, sentiment
from local.model.grounding import humanised, sentences, subjects
from local.model.prompt import Json

_DEEPEST = 6


@dataclass(frozen=True)
class Material:
    """The content to fill a schema with. `passages_used` are ids."""

    answer: str
    question: str
    facts_used: tuple[str, ...] = ()
    passages_used: tuple[str, ...] = ()
    headline: str = ""
    summary: str = ""
    keywords: tuple[str, ...] = ()

    def list_for(self, name: str, description: str) -> list[str] | None:
        """The content for a list, by its name or description; None if neither is understood."""
        found: list[tuple[str, list[str]]] = [
            (r"basis|facts? used|used facts?|grounds|based on", [*self.facts_used, *self.passages_used]),
            (r"citation|passage|document|source|reference", [*self.passages_used]),
            (r"interest|passion|cares? about", extraction.interests(self.question)),
            (r"intent|intention|plan|goal|wants?\b", extraction.intents(self.question)),
            (r"fact|statement|about (?:the )?(?:user|supporter|themsel)", extraction.statements(self.question)),
            (r"tag|keyword|topic|subject|theme", [*self.keywords]),
        ]
        for text in (name, description):
            for words, phrases in found:
                if re.search(rf"\b(?:{words})", text, re.IGNORECASE):
                    return phrases
        return None

    def text_for(self, meaning: str) -> str | None:
        for pattern, text in (
            (r"headline|title", self.headline),
            (r"summary|abstract|standfirst", self.summary),
            (r"answer|content|text|reply|response|message|body", self.answer),
            (r"query|question|search|keywords", self.question),
            (r"reason|rationale|explanation|why", ", ".join((*self.facts_used, *self.passages_used))),
        ):
            if text and re.search(rf"\b(?:{pattern})", meaning, re.IGNORECASE):
                return text
        return None


@dataclass(frozen=True)
class Filled:
    """`found`: whether anything in the value came from the conversation."""

    value: Any
    found: bool = False


def fill(schema: Json, material: Material) -> Filled:
    return _Filler(schema, material).fill(schema, "")


def malformed(schema: Json) -> Json:
    """An object that violates the schema: every property has a wrong type."""
    properties = schema.get("properties") or {}
    if not properties:
        return {"unexpected": "malformed on demand"}
    return {name: _wrong(part) for name, part in properties.items()}


def _wrong(schema: Json) -> object:
    is_list = "array" in (schema.get("type"), *(part.get("type") for part in schema.get("anyOf", [])))
    return "not a list" if is_list else [0, {"not": "text"}]


class _Filler:
    def __init__(self, root: Json, material: Material) -> None:
        self._root = root
        self._material = material

    def fill(self, schema: Any, name: str, focus: str = "", depth: int = 0, index: int = 0) -> Filled:
        """`focus` is the phrase that this value is about, `index` its position among similar values."""
        if not isinstance(schema, dict):
            return Filled(self._material.answer)
        schema = self._resolved(schema)
        meaning = " ".join(_meaning(name, schema))
        if "const" in schema:
            return Filled(schema["const"])
        if "enum" in schema:
            if name == "sentiment" and (word := sentiment.among(schema["enum"], self._material.question)):
                return Filled(word, found=True)
            return self._choice(schema["enum"], focus, index)
        match _type_of(schema):
            case "object":
                return self._object(schema, focus, depth)
            case "array":
                return self._array(schema, name, focus, depth)
            case "string":
                return self._string(schema, meaning, focus, index)
            case "integer":
                return Filled(_integer(schema, index))
            case "number":
                return Filled(_number(schema, self._confidence(meaning), index))
            case "boolean":
                grounded = re.search(r"grounded|found|answered|known|relevant|supported", meaning, re.IGNORECASE)
                return Filled(bool(grounded and self._is_grounded()) != bool(index % 2))
            case _:
                return Filled(None)

    def _resolved(self, schema: Json) -> Json:
        for _ in range(_DEEPEST * 4):
            if "$ref" in schema:
                target: Any = self._root
                for part in schema["$ref"].removeprefix("#").strip("/").split("/"):
                    if part:
                        target = target[part.replace("~1", "/").replace("~0", "~")]
                schema = target | {key: value for key, value in schema.items() if key != "$ref"}
            elif alternatives := schema.get("anyOf") or schema.get("oneOf"):
                chosen = next((part for part in alternatives if part.get("type") != "null"), alternatives[0])
                rest = {key: value for key, value in schema.items() if key not in {"anyOf", "oneOf"}}
                schema = rest | chosen
            elif "allOf" in schema:
                rest = {key: value for key, value in schema.items() if key != "allOf"}
                for part in schema["allOf"]:
                    part = self._resolved(part)
                    merged = {**rest.get("properties", {}), **part.get("properties", {})}
                    required = [*rest.get("required", []), *part.get("required", [])]
                    rest |= part | ({"properties": merged, "required": required} if merged else {})
                schema = rest
            else:
                break
        return schema

    def _object(self, schema: Json, focus: str, depth: int) -> Filled:
        required = set(schema.get("required") or [])
        properties: Json = schema.get("properties") or {}
        value: Json = {}
        found = False
        for name, part in properties.items():
            if name not in required and depth >= _DEEPEST:
                continue
            filled = self.fill(part, name, focus, depth + 1)
            if name in required or filled.found:
                value[name] = filled.value
                found = found or filled.found
        for name in required - properties.keys():
            value[name] = self._material.answer
        return Filled(value, found)

    def _array(self, schema: Json, name: str, focus: str, depth: int) -> Filled:
        items = schema.get("items", {"type": "string"})
        min_items, max_items = schema.get("minItems", 0), schema.get("maxItems", 20)
        # A value about one phrase must not contain the list of all phrases.
        phrases = [] if focus else self._material.list_for(*_meaning(name, schema)) or []
        allowed = self._resolved(items).get("enum") if isinstance(items, dict) else None
        if allowed is not None:
            phrases = _matching(allowed, phrases) if phrases else _matching(allowed, [focus or self._material.question])
        filled = [self.fill(items, name, phrase, depth + 1).value for phrase in phrases[:max_items]]
        found = bool(filled)
        if schema.get("uniqueItems"):
            filled = list({json.dumps(value, sort_keys=True): value for value in filled}.values())
        attempts = 0
        while len(filled) < min_items and attempts < min_items * 10:
            value = self.fill(items, name, "", depth + 1, index=attempts).value
            attempts += 1
            if not schema.get("uniqueItems") or all(json.dumps(value) != json.dumps(other) for other in filled):
                filled.append(value)
        return Filled(filled, found)

    def _choice(self, values: list[Any], focus: str, index: int) -> Filled:
        matches = _matching(values, [focus or self._material.question])
        return Filled(matches[0], found=True) if matches and index == 0 else Filled(values[index % len(values)])

    def _string(self, schema: Json, meaning: str, focus: str, index: int) -> Filled:
        content = focus or self._material.text_for(meaning)
        text = content or _sample(schema.get("format", "")) or next(iter(sentences(self._material.answer)), "nothing")
        if index:
            text = f"{index + 1} {text}"
        longest = schema.get("maxLength")
        text = text if longest is None else text[:longest]
        return Filled(text.ljust(schema.get("minLength", 0), "."), found=bool(content) and not index)

    def _is_grounded(self) -> bool:
        return bool(self._material.facts_used or self._material.passages_used)

    def _confidence(self, meaning: str) -> float:
        if not re.search(r"confidence|score|probability|certainty", meaning, re.IGNORECASE):
            return 0
        return 0.8 if self._is_grounded() else 0.2


def _meaning(name: str, schema: Json) -> tuple[str, str]:
    return humanised(name), str(schema.get("description", ""))


def _type_of(schema: Json) -> str:
    type_ = schema.get("type")
    if isinstance(type_, list):
        return str(next((one for one in type_ if one != "null"), "null"))
    if type_ is None and ("properties" in schema or "required" in schema):
        return "object"
    if type_ is None:
        return "array" if "items" in schema else "string"
    return str(type_)


def _matching(values: list[Any], phrases: list[str]) -> list[Any]:
    """The allowed values that equal a phrase or share a word with it, in the order of the phrases."""
    matches: list[Any] = []
    for phrase in phrases:
        exact = [value for value in values if isinstance(value, str) and value.lower() == phrase.lower()]
        alike = [value for value in values if isinstance(value, str) and subjects(value) & subjects(phrase)]
        matches += [value for value in exact or alike if value not in matches]
    return matches


def _integer(schema: Json, index: int) -> int:
    low, high = schema.get("minimum"), schema.get("maximum")
    if "exclusiveMinimum" in schema:
        low = math.floor(schema["exclusiveMinimum"]) + 1
    if "exclusiveMaximum" in schema:
        high = math.ceil(schema["exclusiveMaximum"]) - 1
    step = schema.get("multipleOf", 1)
    value = index * step
    if low is not None and value < low + index * step:
        value = math.ceil(low / step) * step + index * step
    if high is not None and value > high:
        value = math.floor(high / step) * step - index * step
    if low is not None and value < low:
        value = math.ceil(low / step) * step
    return int(value)


def _number(schema: Json, preferred: float, index: int) -> float:
    low: float = schema["minimum"] if "minimum" in schema else schema.get("exclusiveMinimum", -math.inf)
    high: float = schema["maximum"] if "maximum" in schema else schema.get("exclusiveMaximum", math.inf)
    value = preferred + index
    if low < value < high:
        return value
    if math.isinf(low):
        return high - 1 - index
    return low + 1 + index if math.isinf(high) else low + (high - low) / (index + 2)


def _sample(format_: str) -> str:
    return {
        "date": "2026-01-01",
        "date-time": "2026-01-01T00:00:00Z",
        "email": "someone@example.org",
        "uri": "https://example.org/",
        "uuid": "00000000-0000-4000-8000-000000000000",
    }.get(format_, "")
