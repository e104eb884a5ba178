"""CloudFormation: knowledge bases, data sources, and the vector buckets and indexes of S3 Vectors.

Of S3 Vectors, only names and settings exist: the vectors themselves are in the knowledge base.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ministack.core.responses import get_account_id, get_region
from ministack.services import bedrock_agent as agent

from local.emulator.knowledge_bases.chunks import STRATEGIES
from local.emulator.knowledge_bases.vectors import INDEXES, dimensions, index_of
from local.emulator.provisioning import RESOURCE_HANDLERS, Answer, Json, succeed

_INTEGERS = {"dimension", "dimensions", "maxTokens", "overlapPercentage"}
_STORES = {
    "S3_VECTORS": "s3VectorsConfiguration",
    "OPENSEARCH_SERVERLESS": "opensearchServerlessConfiguration",
}
_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]")


def deploy_knowledge_bases() -> None:
    """Check what Bedrock checks when a knowledge base or a data source is created, also by its API."""
    create_base, create_source, update_source = agent._create_kb, agent._create_ds, agent._update_ds
    get_state, restore = agent.get_state, agent._restore_state

    def create_checked_base(body: bytes) -> Answer:
        problem = _problem_of_base(json.loads(body))
        answer: Answer = problem or create_base(body)
        return answer

    def create_checked_source(base_id: str, body: bytes) -> Answer:
        request = {"dataDeletionPolicy": "DELETE"} | json.loads(body)
        answer: Answer = _problem_of_source(request) or create_source(base_id, json.dumps(request).encode())
        return answer

    def update_checked_source(base_id: str, source_id: str, body: bytes) -> Answer:
        answer: Answer = _problem_of_source(json.loads(body)) or update_source(base_id, source_id, body)
        return answer

    def get_state_with_indexes() -> Json:
        return {**get_state(), "vector_indexes": INDEXES}

    def restore_with_indexes(state: Json) -> None:
        restore(state)
        INDEXES.update((state or {}).get("vector_indexes", {}))

    agent._create_kb, agent._create_ds, agent._update_ds = (
        create_checked_base,
        create_checked_source,
        update_checked_source,
    )
    agent.get_state, agent._restore_state = get_state_with_indexes, restore_with_indexes
    RESOURCE_HANDLERS.update(
        {
            "AWS::S3Vectors::VectorBucket": _handlers(_create_bucket, _keep, _ignore, _OF_BUCKET),
            "AWS::S3Vectors::Index": _handlers(_create_index, _keep, _delete_index, None),
            "AWS::Bedrock::KnowledgeBase": _handlers(_create_base, _update_base, _delete_base, _OF_BASE),
            "AWS::Bedrock::DataSource": _handlers(_create_source, _update_source, _delete_source, _OF_SOURCE),
        }
    )


_OF_BUCKET = ["VectorBucketName", "EncryptionConfiguration"]
_OF_BASE = ["KnowledgeBaseConfiguration", "StorageConfiguration"]
_OF_SOURCE = ["KnowledgeBaseId", "VectorIngestionConfiguration"]

type Resource = tuple[str, Json]
"""A physical id and its attributes."""


def _handlers(
    create: Callable[[Json, str], Resource],
    update: Callable[[str, Json], Resource],
    delete: Callable[[str], object],
    replaced_by: Sequence[str] | None,
) -> dict[str, Any]:
    """`replaced_by`: the properties whose change makes a new resource; None for all."""

    def create_named(logical_id: str, properties: Json, stack: str) -> Resource:
        return create(properties, re.sub(r"[^a-z0-9-]", "-", f"{stack}-{logical_id}".lower())[-63:].strip("-"))

    def update_or_replace(physical_id: str, old: Json, new: Json, stack: str, logical_id: str) -> Resource:
        properties = replaced_by if replaced_by is not None else [key for key in {**old, **new} if key != "Tags"]
        if all(old.get(name) == new.get(name) for name in properties):
            return update(physical_id, new)
        delete(physical_id)
        return create_named(logical_id, new, stack)

    def delete_named(physical_id: str, _: Json) -> None:
        delete(physical_id)

    return {"create": create_named, "update": update_or_replace, "delete": delete_named, "update_with_logical_id": True}


def _create_bucket(properties: Json, name: str) -> Resource:
    arn = _bucket_arn(_valid(properties.get("VectorBucketName", name)))
    return arn, {"VectorBucketArn": arn, "CreationTime": agent._now_iso()}


def _bucket_arn(name: str) -> str:
    return f"arn:aws:s3vectors:{get_region()}:{get_account_id()}:bucket/{name}"


def _create_index(properties: Json, name: str) -> Resource:
    bucket = properties.get("VectorBucketArn") or _bucket_arn(properties["VectorBucketName"])
    arn = f"{bucket}/index/{_valid(properties.get('IndexName', name))}"
    if not 1 <= int(properties["Dimension"]) <= 4096 or properties["DataType"] != "float32":
        raise ValueError("Dimension must be 1 to 4096, and DataType float32.")
    if properties["DistanceMetric"] not in {"cosine", "euclidean"}:
        raise ValueError("DistanceMetric must be cosine or euclidean.")
    if len((properties.get("MetadataConfiguration") or {}).get("NonFilterableMetadataKeys", [])) > 10:
        raise ValueError("An index has at most 10 non-filterable metadata keys.")
    if arn in INDEXES:
        raise ValueError(f"An index with the specified name already exists: {arn}")
    INDEXES[arn] = {key: value for key, value in properties.items() if key != "Tags"}
    return arn, {"IndexArn": arn, "CreationTime": agent._now_iso()}


def _delete_index(arn: str) -> None:
    INDEXES.pop(arn, None)


def _create_base(properties: Json, _: str) -> Resource:
    made = succeed(agent._create_kb(_body(properties, tags=properties.get("Tags"))))["knowledgeBase"]
    return made["knowledgeBaseId"], _attributes_of_base(made["knowledgeBaseId"])


def _update_base(base_id: str, properties: Json) -> Resource:
    succeed(agent._update_kb(base_id, _body(properties)))
    return base_id, _attributes_of_base(base_id)


def _delete_base(base_id: str) -> None:
    agent._delete_kb(base_id)


def _attributes_of_base(base_id: str) -> Json:
    base = agent._knowledge_bases[base_id]
    return {name: base[name] for name in ("KnowledgeBaseId", "KnowledgeBaseArn", "Status", "CreatedAt", "UpdatedAt")}


def _create_source(properties: Json, _: str) -> Resource:
    made = succeed(agent._create_ds(properties["KnowledgeBaseId"], _body(properties)))["dataSource"]
    return f"{properties['KnowledgeBaseId']}|{made['dataSourceId']}", _attributes_of_source(made["dataSourceId"])


def _update_source(physical_id: str, properties: Json) -> Resource:
    base_id, source_id = physical_id.split("|")
    succeed(agent._update_ds(base_id, source_id, _body(properties)))
    return physical_id, _attributes_of_source(source_id)


def _delete_source(physical_id: str) -> None:
    agent._delete_ds(*physical_id.split("|"))


def _attributes_of_source(source_id: str) -> Json:
    return {"DataSourceId": source_id, "DataSourceStatus": "AVAILABLE"}


def _problem_of_base(request: Json) -> Answer | None:
    if any(base["Name"] == request.get("name") for base in agent._knowledge_bases.values()):
        return tuple(agent._conflict(f"KnowledgeBase with name {request['name']} already exists."))
    if (request.get("knowledgeBaseConfiguration") or {}).get("type") != "VECTOR":
        return None
    storage = request.get("storageConfiguration") or {}
    configuration = _STORES.get(storage.get("type", ""))
    if configuration is None or configuration not in storage:
        return tuple(agent._validation(f"Locally, storageConfiguration is that of {' or '.join(_STORES)}."))
    base = {
        "KnowledgeBaseConfiguration": request["knowledgeBaseConfiguration"],
        "StorageConfiguration": storage,
    }
    index = index_of(base)
    if index is None:
        return None
    if not index:
        return tuple(agent._validation("The knowledge base storage configuration provided is invalid: no such index."))
    if int(index["Dimension"]) != dimensions(base):
        wanted = f"the index has {index['Dimension']}, the embedding model {dimensions(base)}"
        return tuple(agent._validation(f"The dimensions of index and embedding model differ: {wanted}."))
    return None


def _problem_of_source(request: Json) -> Answer | None:
    chunking = (request.get("vectorIngestionConfiguration") or {}).get("chunkingConfiguration") or {}
    strategy = chunking.get("chunkingStrategy", "FIXED_SIZE")
    if strategy not in STRATEGIES:
        return tuple(
            agent._validation(f"Locally, there is no chunkingStrategy {strategy}, only {', '.join(STRATEGIES)}.")
        )
    fixed = chunking.get("fixedSizeChunkingConfiguration")
    if fixed and not (1 <= fixed["maxTokens"] <= 8192 and 1 <= fixed["overlapPercentage"] <= 99):
        return tuple(agent._validation("maxTokens must be 1 to 8192, and overlapPercentage 1 to 99."))
    if (request.get("dataSourceConfiguration") or {}).get("type", "S3") != "S3":
        return tuple(agent._validation("Locally, a data source must be of type S3."))
    return None


def _body(properties: Json, tags: Mapping[str, str] | None = None) -> bytes:
    """The request of the API with a resource's properties, whose names it writes with a small first letter."""
    request = {key: value for key, value in properties.items() if key not in {"Tags", "KnowledgeBaseId"}}
    return json.dumps(_renamed(request) | ({"tags": tags} if tags else {})).encode()


def _renamed(value: Any, name: str = "") -> Any:
    if isinstance(value, dict):
        names = {key: key[:1].lower() + key[1:] for key in value}
        return {names[key]: _renamed(part, names[key]) for key, part in value.items()}
    if isinstance(value, list):
        return [_renamed(part) for part in value]
    return int(value) if name in _INTEGERS else value  # as text, if it comes from a parameter


def _valid(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise ValueError(f"Invalid name: {name}. Names have 3 to 63 lower-case letters, numbers, hyphens and dots.")
    return name


def _keep(physical_id: str, _: Json) -> Resource:
    name = "IndexArn" if "/index/" in physical_id else "VectorBucketArn"
    return physical_id, {name: physical_id}


def _ignore(_: str) -> None:
    """The indexes of a vector bucket are resources of their own."""
