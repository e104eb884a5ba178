"""Retrieve: the chunks that are nearest to a question, among those that a filter admits."""

import asyncio
import json
import re
from typing import Any
from urllib.parse import unquote

from ministack.services import bedrock_agent as agent
from ministack.services import bedrock_agent_runtime as runtime

from local.emulator.knowledge_bases.vectors import ModelFailed, cosine, embed, index_of
from local.emulator.provisioning import Answer, Json

_ROUTE = re.compile(r"/knowledgebases/([^/]+)/retrieve")
_LONGEST_QUESTION = 20_000
_NOT_OF_S3_VECTORS = {"startsWith", "stringContains"}
_GROUPS = ("andAll", "orAll")
_TOO_FEW = "a group of less than two"


def retrieve_by_meaning() -> None:
    handle = runtime.handle_request

    async def handle_retrieval(method: str, path: str, headers: Any, body: bytes, query: Any) -> Answer:
        if method == "POST" and (route := _ROUTE.fullmatch(path)):
            return await _retrieve(unquote(route[1]), body)
        answer: Answer = await handle(method, path, headers, body, query)
        return answer

    runtime.handle_request = handle_retrieval


async def _retrieve(base_id: str, body: bytes) -> Answer:
    request, invalid = runtime._parse_body(body)
    if invalid is not None:
        return tuple(invalid)
    base = agent._knowledge_bases.get(base_id)
    if base is None:
        return tuple(runtime._not_found(f"Knowledge Base with id {base_id} does not exist"))
    question = (request.get("retrievalQuery") or {}).get("text") or ""
    search = (request.get("retrievalConfiguration") or {}).get("vectorSearchConfiguration") or {}
    if problem := _problem(question, search, base):
        return tuple(runtime._validation(problem))
    try:
        vector = await asyncio.to_thread(embed, question, base)
    except ModelFailed as error:
        return tuple(runtime._error("DependencyFailedException", f"The embedding model failed: {error}", 424))
    results = await asyncio.to_thread(_nearest, base_id, vector, search)
    # Not by MiniStack's _json: it changes the case of metadata's keys.
    return 200, {"Content-Type": "application/json"}, json.dumps({"retrievalResults": results}).encode()


def _problem(question: str, search: Json, base: Json) -> str | None:
    if not question.strip():
        return "The retrieval query must not be empty."
    if len(question) > _LONGEST_QUESTION:
        return f"Text input is too long: at most {_LONGEST_QUESTION} characters."
    if not 1 <= search.get("numberOfResults", 5) <= 100:
        return "numberOfResults must be between 1 and 100."
    operators = _operators(search.get("filter") or {})
    if _TOO_FEW in operators:
        return "andAll and orAll need at least two filters."
    if index_of(base) is not None:
        if search.get("overrideSearchType") == "HYBRID":
            return "HYBRID search type is not supported for search operation on S3 Vectors. Use SEMANTIC."
        if unsupported := sorted(operators & _NOT_OF_S3_VECTORS):
            return f"The filter {unsupported[0]} is not supported by S3 Vectors."
    return None


def _operators(condition: Json) -> set[str]:
    """Those of a filter and its parts, and _TOO_FEW."""
    found = set(condition)
    for group in (condition[name] for name in _GROUPS if name in condition):
        found |= {_TOO_FEW} if len(group) < 2 else set().union(*map(_operators, group))
    return found


def _nearest(base_id: str, vector: list[float], search: Json) -> list[Json]:
    scored = [
        (cosine(chunk["Vector"], vector), key, chunk)
        for key, chunk in list(agent._kb_document_texts.items())
        if key.startswith(f"{base_id}/")
        and "Vector" in chunk
        and runtime._filter_matches(search.get("filter"), _metadata(key, chunk))
    ]
    scored.sort(key=lambda each: (-each[0], each[1]))
    return [
        {
            "content": {"text": chunk["Text"], "type": "TEXT"},
            "location": {"type": "S3", "s3Location": {"uri": chunk["Uri"]}},
            "score": round(score, 6),
            "metadata": _metadata(key, chunk),
        }
        for score, key, chunk in scored[: search.get("numberOfResults", 5)]
    ]


def _metadata(key: str, chunk: Json) -> Json:
    return {
        "x-amz-bedrock-kb-source-uri": chunk["Uri"],
        "x-amz-bedrock-kb-chunk-id": chunk["Chunk"],
        "x-amz-bedrock-kb-data-source-id": key.split("/")[1],
        **chunk["Metadata"],
    }
