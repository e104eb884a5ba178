"""Vectors: of texts, by the model of a knowledge base; what its store accepts; and how alike two of them are."""

import base64
import json
import math
import os
import urllib.request
from array import array
from collections.abc import Mapping, Sequence
from http.client import HTTPException
from urllib.error import HTTPError
from urllib.parse import quote

from ministack.core.responses import AccountRegionScopedDict

from local.emulator.provisioning import Json

MODEL_URL = "KNOWLEDGE_BASE_MODEL_URL"
"""The environment variable with the URL that InvokeModel is sent to."""
INDEXES = AccountRegionScopedDict()
"""The properties of each vector index of S3 Vectors, by its ARN."""

_SECONDS = 60
_FILTERABLE_BYTES, _METADATA_BYTES = 2048, 40 * 1024


class ModelFailed(Exception):
    """The embedding model could not be called; the message says why."""


def embed(text: str, base: Json) -> list[float]:
    """With the model and dimensions of a knowledge base. Raises ModelFailed."""
    vector = base["KnowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]
    model = vector["embeddingModelArn"].rpartition("/")[2]
    body = json.dumps({"inputText": text, "dimensions": dimensions(base)}).encode()
    url = f"{os.environ.get(MODEL_URL, '')}/model/{quote(model, safe='')}/invoke"
    try:
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})  # noqa: S310  our own stand-in
        with urllib.request.urlopen(request, timeout=_SECONDS) as answer:  # noqa: S310  as above
            found: list[float] = json.load(answer)["embedding"]
            return found
    except HTTPError as error:
        raise ModelFailed(
            f"{error.headers.get('x-amzn-errortype')}: {error.read().decode(errors='replace')}"
        ) from error
    except (OSError, HTTPException, ValueError, KeyError) as error:
        raise ModelFailed(f"{type(error).__name__}: {error}. Set {MODEL_URL} to the model stand-in's URL.") from error


def dimensions(base: Json) -> int:
    vector = base["KnowledgeBaseConfiguration"]["vectorKnowledgeBaseConfiguration"]
    model = (vector.get("embeddingModelConfiguration") or {}).get("bedrockEmbeddingModelConfiguration") or {}
    return int(model.get("dimensions") or 1024)


def index_of(base: Json) -> Json | None:
    """The properties of the knowledge base's index of S3 Vectors; None if its store is another."""
    storage = base.get("StorageConfiguration") or {}
    if storage.get("type") != "S3_VECTORS":
        return None
    chosen = storage.get("s3VectorsConfiguration") or {}
    arn = chosen.get("indexArn") or f"{chosen.get('vectorBucketArn')}/index/{chosen.get('indexName')}"
    found: Json | None = INDEXES.get(arn)
    return found or {}


def refusal_of(text: str, metadata: Mapping[str, object], index: Json) -> str | None:
    """Why S3 Vectors does not accept a chunk's metadata. Keys count as filterable unless the index says otherwise."""
    configuration = index.get("MetadataConfiguration") or {}
    own = {"AMAZON_BEDROCK_TEXT": text, "AMAZON_BEDROCK_METADATA": json.dumps(metadata)}
    free = {**own, **metadata}
    filterable = {key: free[key] for key in free if key not in configuration.get("NonFilterableMetadataKeys", [])}
    for name, content, limit in (("Filterable", filterable, _FILTERABLE_BYTES), ("Total", free, _METADATA_BYTES)):
        if len(json.dumps(content, ensure_ascii=False).encode()) > limit:
            own_keys = " and ".join(sorted(own.keys() & filterable.keys()))
            keys = f" Make {own_keys} non-filterable." if limit == _FILTERABLE_BYTES else ""
            return f"{name} metadata must have at most {limit} bytes.{keys}"
    return None


def pack(vector: Sequence[float]) -> str:
    """As float32 in base64, to be saved with the emulator's state."""
    return base64.b64encode(array("f", vector).tobytes()).decode()


def cosine(packed: str, other: Sequence[float]) -> float:
    """Of two vectors of length 1."""
    return math.sumprod(array("f", base64.b64decode(packed)), other)
