"""The real adapters against the local AWS: the bucket, the queue, the tables and a knowledge base that embeds."""

import json
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import requests

from knowledge_base.documents import wiring
from knowledge_base.documents.adapters.documents import DynamoDocuments
from knowledge_base.documents.adapters.files import S3Files
from knowledge_base.documents.adapters.knowledge_base import BedrockKnowledgeBase
from knowledge_base.documents.adapters.messages import SqsSyncMessages, sync_of_message
from knowledge_base.documents.adapters.syncs import DynamoSyncs
from knowledge_base.documents.domain.documents import Document, DocumentState
from knowledge_base.documents.domain.files import ContentType, WantedDocument
from knowledge_base.documents.domain.following import Following
from knowledge_base.documents.domain.knowledge import Busy, JobState, Refused
from knowledge_base.documents.domain.library import Library
from knowledge_base.documents.domain.requesting import Requesting
from knowledge_base.documents.domain.syncing import Syncing
from knowledge_base.documents.handlers.kb_sync import handler
from local.emulator.process import EmulatorProcess
from local.workspace import HOST, ROOT, free_port
from shared.errors import Unavailable
from tests.contracts.emulator.aws import Aws
from tests.contracts.emulator.knowledge_base import KnowledgeBase, model_of
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.lambda_context import CONTEXT

REFUNDS = "We refund whatever you return within thirty days."
HATS = "Money matters little to volunteers who knit hats for premature babies."
QUESTION = "How do I get my money back?"
_TOO_LONG_SECONDS = 60


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    settings = {
        "KNOWLEDGE_BASE_MODEL_URL": f"http://{HOST}:{free_port()}",
        "KNOWLEDGE_BASE_START_SECONDS": "0.3",
    }
    folder = tmp_path_factory.mktemp("knowledge")
    with EmulatorProcess(folder, free_port(), environment=settings) as emulator:
        aws = Aws(emulator.endpoint, settings)
        with model_of(aws):
            yield aws


@pytest.fixture
def base(aws: Aws, monkeypatch: pytest.MonkeyPatch) -> KnowledgeBase:
    monkeypatch.setenv("AWS_ENDPOINT_URL", aws.endpoint)
    for name, value in {"DEFAULT_REGION": "us-west-2", "ACCESS_KEY_ID": "test", "SECRET_ACCESS_KEY": "test"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    return KnowledgeBase(aws)


@pytest.mark.emulator
class TestBedrockKnowledgeBase:
    @pytest.fixture
    def bedrock(self, base: KnowledgeBase) -> BedrockKnowledgeBase:
        return BedrockKnowledgeBase(base.id, base.source)

    def test_job_ingests_the_bucket(self, base: KnowledgeBase, bedrock: BedrockKnowledgeBase) -> None:
        for key, content in {"refunds.md": REFUNDS, "empty.md": " "}.items():
            base.put(key, content)
        token = "0197a1b2-0000-7000-8000-000000000001-1"

        job_id = bedrock.start(token)
        assert bedrock.start(token) == bedrock.started_by(token) == job_id
        assert bedrock.started_by("another") is None
        with pytest.raises(Busy):
            bedrock.start("0197a1b2-0000-7000-8000-000000000001-2")
        running = bedrock.job(job_id)
        assert running
        assert running.state is JobState.RUNNING
        base.end(job_id)

        job = bedrock.job(job_id)
        assert job
        assert (job.state, job.counts.added, job.counts.failed, job.reason) == (JobState.COMPLETE, 1, 1, None)
        indexed = bedrock.indexed()
        assert indexed.keys() == {"refunds.md", "empty.md"}
        assert indexed["refunds.md"] is None
        assert "no text" in str(indexed["empty.md"])

    def test_stopped_job_has_failed(self, base: KnowledgeBase, bedrock: BedrockKnowledgeBase) -> None:
        base.put("refunds.md", REFUNDS)
        job_id = bedrock.start("0197a1b2-0000-7000-8000-000000000002-1")

        bedrock.stop(job_id)
        base.end(job_id)
        bedrock.stop(job_id)

        job = bedrock.job(job_id)
        assert job
        assert (job.state, job.has_ended, job.reason) == (JobState.FAILED, True, "The job's status is STOPPED.")
        assert bedrock.job("ABCDEFGHIJ") is None

    def test_what_is_not_there_is_refused(self, base: KnowledgeBase) -> None:
        with pytest.raises(Refused):
            BedrockKnowledgeBase(base.id, "ABCDEFGHIJ").start("0197a1b2-0000-7000-8000-000000000003-1")


@dataclass
class Deployed:
    """The function with its bucket and its queue, which its events reach."""

    base: KnowledgeBase
    sqs: Any
    queue: str
    library: Library
    syncs: DynamoSyncs

    def upload(self, name: str, content: str) -> None:
        offered = self.library.offer(WantedDocument(name, ContentType.MARKDOWN, 1000), datetime.now(UTC))
        posted = requests.post(
            offered.upload.url, data=offered.upload.fields, files={"file": content.encode()}, timeout=10
        )
        assert posted.status_code == 204, posted.text

    def delete(self, name: str) -> None:
        [document] = [each for each in self.listed() if each.name == name]
        self.library.delete(document.document_id, datetime.now(UTC))

    def states(self) -> dict[str, DocumentState]:
        return {each.name: each.state for each in self.listed()}

    def listed(self) -> Sequence[Document]:
        return self.library.listed(None, None, 500).items

    def work(self) -> bool:
        """Have the function take what is in its queue; whether something was."""
        received = self.sqs.receive_message(
            QueueUrl=self.queue, MaxNumberOfMessages=10, WaitTimeSeconds=1, MessageSystemAttributeNames=["All"]
        ).get("Messages", [])
        if not received:
            return False
        records = [{"body": each["Body"], "attributes": each["Attributes"]} for each in received]
        handler({"Records": records}, CONTEXT)
        for each in received:
            self.sqs.delete_message(QueueUrl=self.queue, ReceiptHandle=each["ReceiptHandle"])
        return True

    def settle(self) -> None:
        """Work until no document is on its way, and no sync is left."""
        until = time.monotonic() + _TOO_LONG_SECONDS
        seen = False
        while time.monotonic() < until:
            slots = self.syncs.slots()
            moving = set(self.states().values()) - {DocumentState.SEARCHABLE, DocumentState.FAILED}
            worked = self.work()
            seen = seen or worked
            if seen and not worked and not moving and not slots.running and not slots.waiting:
                return
        raise AssertionError(f"{self.states()} {self.syncs.slots()}")


@pytest.fixture
def deployed(aws: Aws, base: KnowledgeBase, monkeypatch: pytest.MonkeyPatch) -> Iterator[Deployed]:
    sqs, events = aws.client("sqs"), aws.client("events")
    queue = sqs.create_queue(QueueName=f"sync-{base.id}")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=queue, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    base.s3.put_bucket_notification_configuration(
        Bucket=base.bucket, NotificationConfiguration={"EventBridgeConfiguration": {}}
    )
    pattern = {
        "source": ["aws.s3"],
        "detail-type": ["Object Created", "Object Deleted"],
        "detail": {"bucket": {"name": [base.bucket]}},
    }
    events.put_rule(Name=f"sync-{base.id}", EventPattern=json.dumps(pattern))
    events.put_targets(Rule=f"sync-{base.id}", Targets=[{"Id": "sync", "Arn": arn}])
    template = ROOT / "knowledge_base/documents.yaml"
    with tables_like(aws.endpoint, template, ["DocumentsTable", "SyncsTable"]) as tables:
        documents, syncs = DynamoDocuments(tables["DocumentsTable"]), DynamoSyncs(tables["SyncsTable"])
        files, messages = S3Files(base.bucket), SqsSyncMessages(queue)
        bedrock = BedrockKnowledgeBase(base.id, base.source)
        syncing = Syncing(
            syncs,
            Requesting(syncs, messages),
            Following(documents, files, bedrock),
            bedrock,
            messages,
            timedelta(hours=2),
        )
        monkeypatch.setattr(wiring, "syncing", lambda: syncing)
        yield Deployed(base, sqs, queue, Library(documents, files, messages), syncs)


@pytest.mark.emulator
def test_documents_become_searchable_change_and_go(deployed: Deployed) -> None:
    for name, content in {"refunds.md": REFUNDS, "hats.md": HATS, "hours.md": "Our shop opens at nine."}.items():
        deployed.upload(name, content)
    deployed.settle()
    assert deployed.states() == dict.fromkeys(("hats.md", "hours.md", "refunds.md"), DocumentState.SEARCHABLE)
    assert deployed.base.keys(QUESTION)[0] == "refunds.md"

    deployed.upload("refunds.md", "We never give anything back, whatever you return.")
    deployed.settle()
    assert [each.version for each in deployed.listed()] == [1, 1, 2]
    assert deployed.base.ask(QUESTION)[0]["content"]["text"].startswith("We never")

    deployed.delete("refunds.md")
    deployed.settle()
    assert deployed.states() == dict.fromkeys(("hats.md", "hours.md"), DocumentState.SEARCHABLE)
    assert "refunds.md" not in deployed.base.keys(QUESTION)
    versions = deployed.base.s3.list_object_versions(Bucket=deployed.base.bucket, Prefix="refunds.md")
    assert "Versions" not in versions


@pytest.mark.emulator
def test_burst_of_a_hundred_uploads_is_few_jobs(deployed: Deployed) -> None:
    for number in range(100):
        deployed.upload(f"page-{number:02}.md", f"{HATS} This is page {number}.")
        if number % 20 == 0:
            deployed.work()
    deployed.settle()
    assert list(deployed.states().values()) == [DocumentState.SEARCHABLE] * 100
    jobs = deployed.base.agent.list_ingestion_jobs(knowledgeBaseId=deployed.base.id, dataSourceId=deployed.base.source)[
        "ingestionJobSummaries"
    ]
    assert 2 <= len(jobs) <= 8
    assert len(jobs) == len(deployed.syncs.ended(None, 20))


@pytest.mark.emulator
def test_messages_arrive_when_they_are_due(aws: Aws, base: KnowledgeBase) -> None:
    sqs = aws.client("sqs")
    queue = sqs.create_queue(QueueName=f"messages-{base.id}")["QueueUrl"]
    messages = SqsSyncMessages(queue)
    messages.follow_later()
    messages.look_after("s1", 60)
    messages.look_after("s2", 0)
    messages.follow()

    received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)["Messages"]

    assert {sync_of_message(each["Body"]) for each in received} == {"s2", None}


@pytest.mark.usefixtures("out_of_reach")
def test_everything_out_of_reach_is_unavailable() -> None:
    bedrock, messages = BedrockKnowledgeBase("ABCDEFGHIJ", "ABCDEFGHIJ"), SqsSyncMessages("http://127.0.0.1:9/queue")
    calls = [
        lambda: bedrock.start("0197a1b2-0000-7000-8000-000000000004-1"),
        lambda: bedrock.started_by("token"),
        lambda: bedrock.job("ABCDEFGHIJ"),
        lambda: bedrock.stop("ABCDEFGHIJ"),
        bedrock.indexed,
        messages.follow,
    ]
    for call in calls:
        with pytest.raises(Unavailable):
            call()
