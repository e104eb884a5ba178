"""A knowledge base in an emulator, as tests use it."""

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from urllib.parse import urlsplit

from local.model.process import ModelProcess
from tests.contracts.emulator.aws import Aws, eventually, unique

TITAN = "arn:aws:bedrock:us-west-2::foundation-model/amazon.titan-embed-text-v2:0"
ROLE = "arn:aws:iam::000000000000:role/knowledge-base"
MODEL = {"type": "VECTOR", "vectorKnowledgeBaseConfiguration": {"embeddingModelArn": TITAN}}
OPENSEARCH = {
    "type": "OPENSEARCH_SERVERLESS",
    "opensearchServerlessConfiguration": {
        "collectionArn": "arn:aws:aoss:us-west-2:000000000000:collection/abc",
        "vectorIndexName": "help",
        "fieldMapping": {"vectorField": "vector", "textField": "text", "metadataField": "metadata"},
    },
}
ENDED = {"COMPLETE", "FAILED", "STOPPED"}


@contextmanager
def model_of(aws: Aws) -> Iterator[ModelProcess]:
    """The model stand-in, where the emulator expects it."""
    port = urlsplit(aws.environment["KNOWLEDGE_BASE_MODEL_URL"]).port
    assert port
    with TemporaryDirectory() as folder, ModelProcess(Path(folder) / "model.log", port) as model:
        yield model


class KnowledgeBase:
    """With one data source: a bucket of its own, that keeps versions."""

    def __init__(
        self,
        aws: Aws,
        chunking: Mapping[str, object] | None = None,
        ids: tuple[str, str] | None = None,
        bucket: str = "",
    ) -> None:
        """`ids` of a knowledge base that exists and its data source, which reads `bucket`."""
        self.agent, self.runtime, self.s3 = map(aws.client, ("bedrock-agent", "bedrock-agent-runtime", "s3"))
        self.bucket = bucket or unique("help")
        self.s3.create_bucket(Bucket=self.bucket, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
        self.s3.put_bucket_versioning(Bucket=self.bucket, VersioningConfiguration={"Status": "Enabled"})
        self.id, self.source = ids or self._create({"chunkingConfiguration": chunking} if chunking else {})

    def _create(self, ingestion: Mapping[str, object]) -> tuple[str, str]:
        made = self.agent.create_knowledge_base(
            name=unique("help"), roleArn=ROLE, knowledgeBaseConfiguration=MODEL, storageConfiguration=OPENSEARCH
        )
        configuration = {"type": "S3", "s3Configuration": {"bucketArn": f"arn:aws:s3:::{self.bucket}"}}
        base = made["knowledgeBase"]["knowledgeBaseId"]
        source = self.agent.create_data_source(
            knowledgeBaseId=base,
            name="help",
            dataSourceConfiguration=configuration,
            vectorIngestionConfiguration=ingestion,
        )
        return base, source["dataSource"]["dataSourceId"]

    def put(self, key: str, content: str | bytes, attributes: Mapping[str, object] | None = None) -> None:
        body = content if isinstance(content, bytes) else content.encode()
        self.s3.put_object(Bucket=self.bucket, Key=key, Body=body)
        if attributes is not None:
            sidecar = json.dumps({"metadataAttributes": attributes}).encode()
            self.s3.put_object(Bucket=self.bucket, Key=f"{key}.metadata.json", Body=sidecar)

    def delete(self, key: str) -> None:
        self.s3.delete_object(Bucket=self.bucket, Key=key)

    def start(self, **request: str) -> dict[str, Any]:
        started = self.agent.start_ingestion_job(knowledgeBaseId=self.id, dataSourceId=self.source, **request)
        job: dict[str, Any] = started["ingestionJob"]
        return job

    def job(self, job_id: str) -> dict[str, Any]:
        found = self.agent.get_ingestion_job(knowledgeBaseId=self.id, dataSourceId=self.source, ingestionJobId=job_id)
        job: dict[str, Any] = found["ingestionJob"]
        return job

    def end(self, job_id: str) -> dict[str, Any]:
        """The job, once it has ended."""

        def ended() -> dict[str, Any]:
            job = self.job(job_id)
            return job if job["status"] in ENDED else {}

        return eventually(ended)

    def sync(self) -> dict[str, int]:
        """The counts of a job that is not 0, without their common beginning."""
        job = self.end(self.start()["ingestionJobId"])
        assert job["status"] == "COMPLETE", job["failureReasons"]
        return {name.removeprefix("numberOf"): count for name, count in job["statistics"].items() if count}

    def ask(self, question: str, **search: Any) -> list[dict[str, Any]]:
        found = self.runtime.retrieve(
            knowledgeBaseId=self.id,
            retrievalQuery={"text": question},
            retrievalConfiguration={"vectorSearchConfiguration": search},
        )
        results: list[dict[str, Any]] = found["retrievalResults"]
        return results

    def keys(self, question: str, **search: Any) -> list[str]:
        return [result["location"]["s3Location"]["uri"].rpartition("/")[2] for result in self.ask(question, **search)]
