"""A knowledge base of Amazon Bedrock, with one data source: the bucket."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from knowledge_base.documents.domain.knowledge import Busy, Job, JobState, Refused
from knowledge_base.documents.domain.syncs import Counts
from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.text.characters import clipped

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient

_STATES = {
    "STARTING": JobState.RUNNING,
    "IN_PROGRESS": JobState.RUNNING,
    "STOPPING": JobState.STOPPING,
    "COMPLETE": JobState.COMPLETE,
}
_INDEXED = frozenset({"INDEXED", "PARTIALLY_INDEXED", "METADATA_PARTIALLY_INDEXED", "METADATA_UPDATE_FAILED"})
_NEWEST, _PAGE = 20, 1000
_LONGEST_REASON = 500


class BedrockKnowledgeBase:
    def __init__(self, knowledge_base_id: str, data_source_id: str) -> None:
        self._ids: Any = {"knowledgeBaseId": knowledge_base_id, "dataSourceId": data_source_id}
        self._agent: AgentsforBedrockClient = client("bedrock-agent", read_seconds=15.0)

    def start(self, token: str) -> str:
        """One StartIngestionJob, of which Bedrock takes one in ten seconds."""
        try:
            with unavailable_where_out_of_reach():
                started = self._agent.start_ingestion_job(**self._ids, clientToken=token, description=token)
        except ClientError as error:
            match code(error):
                case "ConflictException":
                    raise Busy from error
                case "ServiceQuotaExceededException" | "ValidationException" | "ResourceNotFoundException":
                    raise Refused(_message(error)) from error
            raise
        return started["ingestionJob"]["ingestionJobId"]

    def started_by(self, token: str) -> str | None:
        """One ListIngestionJobs."""
        with unavailable_where_out_of_reach():
            newest = self._agent.list_ingestion_jobs(
                **self._ids, sortBy={"attribute": "STARTED_AT", "order": "DESCENDING"}, maxResults=_NEWEST
            )
        jobs = (job for job in newest["ingestionJobSummaries"] if job.get("description") == token)
        return next((job["ingestionJobId"] for job in jobs), None)

    def job(self, job_id: str) -> Job | None:
        """One GetIngestionJob."""
        try:
            with unavailable_where_out_of_reach():
                found = self._agent.get_ingestion_job(**self._ids, ingestionJobId=job_id)["ingestionJob"]
        except ClientError as error:
            if code(error) == "ResourceNotFoundException":
                return None
            raise
        state = _STATES.get(found["status"], JobState.FAILED)
        reasons = "; ".join(found.get("failureReasons", ())) or f"The job's status is {found['status']}."
        return Job(
            job_id,
            state,
            found["startedAt"],
            _counts(dict(found.get("statistics", {}))),
            clipped(reasons, _LONGEST_REASON) if state is JobState.FAILED else None,
        )

    def stop(self, job_id: str) -> None:
        """One StopIngestionJob."""
        try:
            with unavailable_where_out_of_reach():
                self._agent.stop_ingestion_job(**self._ids, ingestionJobId=job_id)
        except ClientError as error:
            if code(error) not in {"ConflictException", "ResourceNotFoundException", "ValidationException"}:
                raise

    def indexed(self) -> Mapping[str, str | None]:
        """One ListKnowledgeBaseDocuments for each thousand documents."""
        found: dict[str, str | None] = {}
        more: dict[str, Any] = {}
        while True:
            with unavailable_where_out_of_reach():
                page = self._agent.list_knowledge_base_documents(**self._ids, maxResults=_PAGE, **more)
            for document in page["documentDetails"]:
                key = document["identifier"]["s3"]["uri"].removeprefix("s3://").partition("/")[2]
                found[key] = _problem(document)
            if not page.get("nextToken"):
                return found
            more = {"nextToken": page["nextToken"]}


def _problem(document: Mapping[str, Any]) -> str | None:
    if document["status"] in _INDEXED:
        return None
    reason = document.get("statusReason") or f"Its status in the knowledge base is {document['status']}."
    return clipped(reason, _LONGEST_REASON)


def _counts(statistics: Mapping[str, Any]) -> Counts:
    return Counts(
        scanned=statistics.get("numberOfDocumentsScanned", 0),
        added=statistics.get("numberOfNewDocumentsIndexed", 0),
        changed=statistics.get("numberOfModifiedDocumentsIndexed", 0),
        deleted=statistics.get("numberOfDocumentsDeleted", 0),
        failed=statistics.get("numberOfDocumentsFailed", 0),
    )


def _message(error: ClientError) -> str:
    return clipped(str(error.response.get("Error", {}).get("Message", "The job was refused.")), _LONGEST_REASON)
