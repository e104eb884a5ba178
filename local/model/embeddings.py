"""Titan Text Embeddings V2: hashed word features, so that texts with common words are close to each other."""

import hashlib
import math
import re

from local.model.errors import ValidationException
from local.model.grounding import stem
from local.model.prompt import Json
from local.model.tokens import count_tokens

_DIMENSIONS = (256, 512, 1024)
_LONGEST_INPUT_TOKENS = 8192


def embed(body: Json) -> Json:
    """{inputText, dimensions?, normalize?, embeddingTypes?} → {embedding, embeddingsByType, inputTextTokenCount}"""
    if not isinstance(body, dict):
        raise _malformed("#: expected type: JSONObject")
    text, dimensions = body.get("inputText"), body.get("dimensions", 1024)
    for name in body.keys() - {"inputText", "dimensions", "normalize", "embeddingTypes"}:
        raise _malformed(f"#: extraneous key [{name}] is not permitted")
    if not isinstance(text, str):
        raise _malformed("#: required key [inputText] not found")
    if not text:
        raise _malformed("expected minLength: 1, actual: 0")
    if dimensions not in _DIMENSIONS:
        raise _malformed(f"#/dimensions: {dimensions} is not a valid enum value")
    tokens = count_tokens(text)
    if tokens > _LONGEST_INPUT_TOKENS:
        raise ValidationException(
            f"400 Bad Request: Too many input tokens. Max input tokens: {_LONGEST_INPUT_TOKENS}, request input token "
            f"count: {tokens}"
        )
    vector = _vector(text, dimensions, normalise=body.get("normalize", True))
    by_type: Json = {}
    for kind in body.get("embeddingTypes") or ["float"]:
        by_type[kind] = vector if kind == "float" else [int(value > 0) for value in vector]
    answer: Json = {"embeddingsByType": by_type, "inputTextTokenCount": tokens}
    return {"embedding": vector} | answer if "float" in by_type else answer


def _vector(text: str, dimensions: int, *, normalise: bool) -> list[float]:
    vector = [0.0] * dimensions
    words = re.findall(r"\w+", text.lower()) or [text]
    for word in words:
        digest = hashlib.blake2b(stem(word).encode(), digest_size=8).digest()
        place = int.from_bytes(digest[:4]) % dimensions
        vector[place] += 1 if digest[4] % 2 else -1
    length = math.sqrt(sum(value * value for value in vector))
    if length == 0:  # hashes that cancel each other out
        vector[0] = length = 1.0
    return [round(value / length, 8) for value in vector] if normalise else vector


def _malformed(problem: str) -> ValidationException:
    return ValidationException(f"Malformed input request: {problem}, please reformat your input and try again.")
