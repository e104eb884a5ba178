"""Ingestion: a job reads what is new, changed or gone in its bucket, one at a time for each knowledge base.

KNOWLEDGE_BASE_START_SECONDS (0.5) and KNOWLEDGE_BASE_SECONDS_PER_DOCUMENT (0) set how long it takes.
"""

import asyncio
import hashlib
import json
import os
from typing import Any

from ministack.services import bedrock_agent as agent
from ministack.services import s3

from local.emulator.knowledge_bases.chunks import chunks_of
from local.emulator.knowledge_bases.texts import Unreadable, text_of
from local.emulator.knowledge_bases.vectors import ModelFailed, embed, index_of, pack, refusal_of
from local.emulator.provisioning import Answer, Json

_RUNNING = {"STARTING", "IN_PROGRESS", "STOPPING"}
_SIDECAR = ".metadata.json"
_LARGEST_SIDECAR = 10 * 2**10
_COUNTS = (
    "DocumentsScanned",
    "MetadataDocumentsScanned",
    "NewDocumentsIndexed",
    "ModifiedDocumentsIndexed",
    "MetadataDocumentsModified",
    "DocumentsDeleted",
    "DocumentsFailed",
    "DocumentsSkipped",
)
_TASKS: set[asyncio.Task[None]] = set()
_TOKENS: dict[tuple[str, str, str], str] = {}
"""The job that each client token started. On AWS, too, they are forgotten after minutes."""


def run_jobs() -> None:
    """Replace MiniStack's ingestion, and forget the documents of what is deleted."""
    agent._start_ingestion_job, agent._stop_ingestion_job = _start, _stop
    agent._get_kb_documents = _documents
    delete_base, restore = agent._delete_kb, agent._restore_state

    def delete_with_documents(base_id: str) -> Answer:
        for document in _documents_of(f"{base_id}/"):
            _forget(document)
        answer: Answer = delete_base(base_id)
        return answer

    def restore_without_running_jobs(state: Any) -> None:
        restore(state)
        for job in agent._ingestion_jobs._data.values():
            if job["Status"] in _RUNNING:
                job.update(Status="FAILED", FailureReasons=["The local AWS was stopped."], UpdatedAt=agent._now_iso())

    agent._delete_kb, agent._restore_state = delete_with_documents, restore_without_running_jobs


def _start(base_id: str, source_id: str, body: bytes) -> Answer:
    request, invalid = agent._parse_body(body)
    base, source = agent._knowledge_bases.get(base_id), agent._data_sources.get(f"{base_id}/{source_id}")
    if invalid is not None:
        return tuple(invalid)
    if base is None or source is None:
        return tuple(agent._not_found(f"DataSource with id {source_id} in knowledge base {base_id} is not found."))
    token = base_id, source_id, request.get("clientToken", "")
    if (again := agent._ingestion_jobs.get(_TOKENS.get(token, ""))) is not None:
        return tuple(agent._json({"IngestionJob": again}, status=202))
    for other in agent._ingestion_jobs.values():
        if other["KnowledgeBaseId"] == base_id and other["Status"] in _RUNNING:
            reason = f"Ongoing ingestion job {other['IngestionJobId']} in progress for knowledge base {base_id}"
            return tuple(agent._conflict(f"{reason}. Stop it or wait for it to complete."))
    job = _new_job(base_id, source_id, request.get("description", ""))
    key = f"{base_id}/{source_id}/{job['IngestionJobId']}"
    agent._ingestion_jobs[key] = job
    if token[2]:
        _TOKENS[token] = key
    answer: Answer = agent._json({"IngestionJob": job}, status=202)
    task = asyncio.get_running_loop().create_task(_work(base, source, job))  # with this request's account and region
    _TASKS.add(task)
    task.add_done_callback(_TASKS.discard)
    return answer


def _new_job(base_id: str, source_id: str, description: str) -> Json:
    now = agent._now_iso()
    return {
        "KnowledgeBaseId": base_id,
        "DataSourceId": source_id,
        "IngestionJobId": agent._id("IJ"),
        "Description": description,
        "Status": "STARTING",
        "Statistics": {f"NumberOf{name}": 0 for name in _COUNTS},
        "FailureReasons": [],
        "StartedAt": now,
        "UpdatedAt": now,
    }


def _stop(base_id: str, source_id: str, job_id: str) -> Answer:
    job = agent._ingestion_jobs.get(f"{base_id}/{source_id}/{job_id}")
    if job is None:
        return tuple(agent._not_found(f"Ingestion job {job_id} is not found."))
    if job["Status"] not in _RUNNING:
        return tuple(agent._conflict(f"Ingestion job {job_id} can't be stopped: its status is {job['Status']}."))
    job["Status"] = "STOPPING"
    return tuple(agent._json({"IngestionJob": job}, status=202))


async def _work(base: Json, source: Json, job: Json) -> None:
    await asyncio.sleep(float(os.environ.get("KNOWLEDGE_BASE_START_SECONDS", "0.5")))
    if job["Status"] == "STARTING":
        job.update(Status="IN_PROGRESS", UpdatedAt=agent._now_iso())
    try:
        await _Ingestion(base, source, job).run()
        job["Status"] = "STOPPED" if job["Status"] == "STOPPING" else "COMPLETE"
    except Exception as error:  # noqa: BLE001  a job fails, whatever happens in it
        job.update(Status="FAILED", FailureReasons=[json.dumps([f"Encountered error: {error}"])])
    job["UpdatedAt"] = agent._now_iso()


class _Ingestion:
    """A job's work. What it has indexed stays if the same document cannot be read the next time."""

    def __init__(self, base: Json, source: Json, job: Json) -> None:
        self._base, self._source, self._job = base, source, job
        self._prefix = f"{base['KnowledgeBaseId']}/{source['DataSourceId']}/"
        self._problems: dict[str, list[str]] = {}

    async def run(self) -> None:
        configuration = self._source["DataSourceConfiguration"]["s3Configuration"]
        name = configuration["bucketArn"].rpartition(":")[2]
        bucket = s3._buckets.get(name)
        if bucket is None:
            raise Unreadable(f"The specified bucket does not exist: {name}")
        objects = dict(bucket["objects"])
        prefixes = tuple(configuration.get("inclusionPrefixes") or [""])
        keys = [key for key in sorted(objects) if key.startswith(prefixes) and not key.endswith("/")]
        documents = [key for key in keys if not key.endswith(_SIDECAR)]
        self._count("MetadataDocumentsScanned", len(keys) - len(documents))
        for key in documents:
            if self._job["Status"] == "STOPPING":
                return
            self._count("DocumentsScanned")
            await asyncio.sleep(float(os.environ.get("KNOWLEDGE_BASE_SECONDS_PER_DOCUMENT", "0")))
            await self._read(name, key, objects)
        for document in _documents_of(self._prefix):
            if document.removeprefix(self._prefix) not in documents:
                if agent._kb_documents[document]["Seen"]:
                    self._count("DocumentsDeleted")
                _forget(document)
        reasons = [
            f"Ignored {len(uris)} files as {why}. [Files: {', '.join(uris)}]" for why, uris in self._problems.items()
        ]
        self._job["FailureReasons"] = [json.dumps([f"Encountered error: {reason}"])[:2048] for reason in reasons]

    async def _read(self, bucket: str, key: str, objects: Json) -> None:
        sidecar = objects.get(key + _SIDECAR)
        chunking = (self._source.get("VectorIngestionConfiguration") or {}).get("chunkingConfiguration")
        metadata_seen = sidecar["etag"] if sidecar else ""
        seen = [objects[key]["etag"], metadata_seen, chunking]
        document, uri = self._prefix + key, f"s3://{bucket}/{key}"
        before = (agent._kb_documents.get(document) or {}).get("Seen")
        if before == seen:
            return
        try:
            metadata = _attributes(bucket, key + _SIDECAR) if sidecar else {}
            data = await asyncio.to_thread(s3._get_object_data, bucket, key)
            chunks = chunks_of(await asyncio.to_thread(text_of, key, data or b""), chunking)
            vectors = [await self._vector(chunk, metadata) for chunk in chunks]
        except Unreadable as problem:
            self._count("DocumentsFailed")
            self._problems.setdefault(str(problem), []).append(uri)
            self._remember(document, uri, before, "FAILED", f"Ignored as {problem}.")
            return
        _forget(document)
        for number, (chunk, vector) in enumerate(zip(chunks, vectors, strict=True)):
            identity = hashlib.sha256(f"{uri}#{number}#{chunk}".encode()).hexdigest()[:20]
            agent._kb_document_texts[f"{document}#{number}"] = {
                "Text": chunk,
                "Uri": uri,
                "Metadata": metadata,
                "Chunk": f"1%3A0%3A{identity}",
                "Vector": vector,
            }
        self._remember(document, uri, seen, "INDEXED", "")
        if before is None:
            self._count("NewDocumentsIndexed")
        elif [before[0], before[2]] != [seen[0], seen[2]]:
            self._count("ModifiedDocumentsIndexed")
        if before is not None and before[1] != metadata_seen:
            self._count("MetadataDocumentsModified")

    async def _vector(self, chunk: str, metadata: Json) -> str:
        index = index_of(self._base)
        if index is not None and (refusal := refusal_of(chunk, metadata, index)):
            raise Unreadable(f"the vector store refused them ({refusal})")
        try:
            return pack(await asyncio.to_thread(embed, chunk, self._base))
        except ModelFailed as error:
            raise Unreadable(f"the embedding model failed ({error})") from error

    def _remember(self, document: str, uri: str, seen: list[Any] | None, status: str, reason: str) -> None:
        """`seen` is what of the document is retrievable; None for nothing."""
        agent._kb_documents[document] = {
            "KnowledgeBaseId": self._base["KnowledgeBaseId"],
            "DataSourceId": self._source["DataSourceId"],
            "Identifier": {"dataSourceType": "S3", "s3": {"uri": uri}},
            "Status": status,
            "StatusReason": reason,
            "UpdatedAt": agent._now_iso(),
            "Seen": seen,
        }

    def _count(self, name: str, by: int = 1) -> None:
        self._job["Statistics"][f"NumberOf{name}"] += by


def _attributes(bucket: str, sidecar: str) -> Json:
    raw = s3._get_object_data(bucket, sidecar) or b""
    attributes: Json = agent._metadata_attributes(raw)
    if len(raw) > _LARGEST_SIDECAR or not attributes:
        raise Unreadable("their metadata file is invalid or larger than 10 KB")
    return attributes


def _documents(base_id: str, source_id: str, body: bytes) -> Answer:
    """GetKnowledgeBaseDocuments, by URI."""
    request, invalid = agent._parse_body(body)
    if invalid is not None:
        return tuple(invalid)
    prefix = f"{base_id}/{source_id}/"
    found = {agent._kb_documents[each]["Identifier"]["s3"]["uri"]: each for each in _documents_of(prefix)}
    details = []
    for identifier in request.get("documentIdentifiers", []):
        missing = {
            "KnowledgeBaseId": base_id,
            "DataSourceId": source_id,
            "Identifier": identifier,
            "Status": "NOT_FOUND",
        }
        place = found.get((identifier.get("s3") or {}).get("uri", ""))
        details.append(agent._kb_documents[place] if place else missing)
    return tuple(agent._json({"DocumentDetails": details}))


def _documents_of(prefix: str) -> list[str]:
    return [key for key in list(agent._kb_documents.keys()) if key.startswith(prefix)]


def _forget(document: str) -> None:
    agent._kb_documents.pop(document, None)
    for chunk in [key for key in list(agent._kb_document_texts.keys()) if key.rpartition("#")[0] == document]:
        del agent._kb_document_texts[chunk]
