"""Knowledge bases: what becomes searchable, what fails and why, and who may ask."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.emulator.process import EmulatorProcess
from local.model.process import ModelProcess
from local.workspace import free_port
from tests.contracts.emulator.aws import Aws, eventually, unique
from tests.contracts.emulator.knowledge_base import KnowledgeBase, model_of
from tests.contracts.emulator.scenarios.knowledge_bases import HATS, QUESTION, REFUNDS, stack_of_knowledge_base

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("knowledge-bases")]

PDF = b"""%PDF-1.4
1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj
2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj
3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj
4 0 obj<</Length 57>>stream
BT /F 12 Tf 9 50 Td (Parcels come within three days.) Tj ET
endstream endobj
5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj
trailer<</Root 1 0 R>>
startxref
0
%%EOF
"""
PAGE = """<html><head><title>Hidden</title><style>p {}</style></head>
<body><h1>Opening <b>hours</b></h1><script>secret()</script><p>Shops open at nine.</p></body></html>"""


@pytest.fixture(scope="module")
def model(patched: Aws) -> Iterator[ModelProcess]:
    with model_of(patched) as process:
        yield process


@pytest.fixture
def base(patched: Aws, model: ModelProcess) -> KnowledgeBase:  # noqa: ARG001  it must run
    return KnowledgeBase(patched)


def deploy(aws: Aws, **changes: Any) -> tuple[str, KnowledgeBase]:
    """A stack with S3 Vectors, and its knowledge base."""
    stack, bucket = unique("help"), unique("help")
    assert aws.deploy(stack, stack_of_knowledge_base(bucket, **changes)) == "CREATE_COMPLETE"
    outputs = aws.outputs(stack)
    return stack, KnowledgeBase(aws, ids=(outputs["Base"], outputs["Source"]), bucket=bucket)


def refused(call: Any) -> str:
    with pytest.raises(ClientError) as error:
        call()
    return str(error.value.response["Error"]["Code"])


def test_answers_are_those_of_the_bucket(base: KnowledgeBase) -> None:
    base.put("refunds.md", REFUNDS)
    base.put("hats.md", HATS)
    assert base.sync() == {"DocumentsScanned": 2, "NewDocumentsIndexed": 2}
    assert base.sync() == {"DocumentsScanned": 2}
    base.put("refunds.md", "We never give anything back, whatever you return.")
    assert base.sync() == {"DocumentsScanned": 2, "ModifiedDocumentsIndexed": 1}
    assert base.ask(QUESTION)[0]["content"]["text"].startswith("We never give")
    assert all(REFUNDS not in result["content"]["text"] for result in base.ask(QUESTION))
    base.delete("refunds.md")
    assert base.sync() == {"DocumentsScanned": 1, "DocumentsDeleted": 1}
    assert base.keys(QUESTION) == ["hats.md"]


def test_long_documents_are_answered_from_chunks(patched: Aws, model: ModelProcess) -> None:  # noqa: ARG001
    fixed = {"maxTokens": 40, "overlapPercentage": 20}
    base = KnowledgeBase(patched, {"chunkingStrategy": "FIXED_SIZE", "fixedSizeChunkingConfiguration": fixed})
    base.put("help.md", f"{HATS}\n\n" * 5 + f"{REFUNDS}\n\n" + "Our library opens at nine. " * 10)
    base.sync()
    best, *others = base.ask(QUESTION, numberOfResults=3)
    assert REFUNDS in best["content"]["text"]
    assert len(best["content"]["text"].split()) <= 30
    assert best["score"] > others[0]["score"] >= others[1]["score"]
    identities = {result["metadata"]["x-amz-bedrock-kb-chunk-id"] for result in (best, *others)}
    assert len(identities) == 3


def test_pages_and_pdfs_are_read(base: KnowledgeBase) -> None:
    base.put("hours.html", PAGE)
    base.put("parcels.pdf", PDF)
    assert base.sync() == {"DocumentsScanned": 2, "NewDocumentsIndexed": 2}
    texts = {
        result["location"]["s3Location"]["uri"].rpartition("/")[2]: result["content"]["text"]
        for result in base.ask("?")
    }
    assert texts == {
        "hours.html": "Opening hours Shops open at nine.",
        "parcels.pdf": "Parcels come within three days.",
    }


def test_what_cannot_be_read_fails_with_the_reason(base: KnowledgeBase) -> None:
    for key, content in {"a.md": REFUNDS, "b.exe": "x", "c.md": " \n ", "d.pdf": "no PDF", "e.exe": "x"}.items():
        base.put(key, content)
    job = base.end(base.start()["ingestionJobId"])
    counts = job["statistics"]
    assert job["status"] == "COMPLETE"
    assert (counts["numberOfNewDocumentsIndexed"], counts["numberOfDocumentsFailed"]) == (1, 4)
    reasons = " ".join(job["failureReasons"])
    assert f"Ignored 2 files as their file format was not supported. [Files: s3://{base.bucket}/b.exe" in reasons
    assert "no text was found in them" in reasons
    assert "could not be parsed" in reasons
    identifiers = [
        {"dataSourceType": "S3", "s3": {"uri": f"s3://{base.bucket}/{key}"}} for key in ("a.md", "c.md", "z.md")
    ]
    details = base.agent.get_knowledge_base_documents(
        knowledgeBaseId=base.id, dataSourceId=base.source, documentIdentifiers=identifiers
    )["documentDetails"]
    assert [detail["status"] for detail in details] == ["INDEXED", "FAILED", "NOT_FOUND"]


def test_one_job_at_a_time_runs_and_a_repeated_start_is_the_same_job(base: KnowledgeBase) -> None:
    token = "0197a1b2-0000-7000-8000-00000000000" + base.id
    first = base.start(clientToken=token)
    assert base.start(clientToken=token)["ingestionJobId"] == first["ingestionJobId"]
    assert refused(base.start) == "ConflictException"
    base.end(first["ingestionJobId"])
    assert base.start(clientToken=token)["ingestionJobId"] == first["ingestionJobId"]
    second = base.start()
    stopped = base.agent.stop_ingestion_job(
        knowledgeBaseId=base.id, dataSourceId=base.source, ingestionJobId=second["ingestionJobId"]
    )
    assert stopped["ingestionJob"]["status"] == "STOPPING"
    assert base.end(second["ingestionJobId"])["status"] == "STOPPED"


def test_filters_match_attributes_whatever_their_case(base: KnowledgeBase) -> None:
    base.put("uk.md", REFUNDS, {"Country": "UK", "year": 2026, "topics": ["money"]})
    base.put("us.md", REFUNDS + " ", {"Country": "US", "year": 2024})
    assert base.sync() == {"DocumentsScanned": 2, "MetadataDocumentsScanned": 2, "NewDocumentsIndexed": 2}
    uk, recent = {"equals": {"key": "Country", "value": "UK"}}, {"greaterThan": {"key": "year", "value": 2025}}
    for condition in (uk, recent, {"andAll": [uk, recent]}, {"listContains": {"key": "topics", "value": "money"}}):
        assert base.keys(QUESTION, filter=condition) == ["uk.md"]
    assert base.keys(QUESTION, filter={"startsWith": {"key": "Country", "value": "US"}}) == ["us.md"]
    own = {"key": "x-amz-bedrock-kb-source-uri", "value": f"s3://{base.bucket}/us.md"}
    assert base.keys(QUESTION, filter={"equals": own}) == ["us.md"]
    assert base.ask(QUESTION, filter=uk)[0]["metadata"]["Country"] == "UK"
    base.put("us.md", REFUNDS + " ", {"Country": "UK"})
    assert base.sync()["MetadataDocumentsModified"] == 1
    assert sorted(base.keys(QUESTION, filter=uk)) == ["uk.md", "us.md"]


def test_s3_vectors_refuses_what_it_cannot_do(patched: Aws, model: ModelProcess) -> None:  # noqa: ARG001
    _, base = deploy(patched)
    base.put("refunds.md", REFUNDS, {"Country": "UK"})
    base.sync()
    assert base.keys(QUESTION, overrideSearchType="SEMANTIC") == ["refunds.md"]
    assert refused(lambda: base.ask(QUESTION, overrideSearchType="HYBRID")) == "ValidationException"
    assert refused(lambda: base.ask(QUESTION, filter={"startsWith": {"key": "Country", "value": "U"}})) == (
        "ValidationException"
    )


def test_index_must_not_filter_by_the_text(patched: Aws, model: ModelProcess) -> None:  # noqa: ARG001
    _, base = deploy(patched, MetadataConfiguration={"NonFilterableMetadataKeys": ["other"]})
    base.put("help.md", f"{'x' * 80} " * 100)
    job = base.end(base.start()["ingestionJobId"])
    assert job["statistics"]["numberOfDocumentsFailed"] == 1
    assert "Make AMAZON_BEDROCK_METADATA and AMAZON_BEDROCK_TEXT non-filterable" in job["failureReasons"][0]


def test_stack_keeps_its_ids_and_leaves_nothing(patched: Aws) -> None:
    stack, base = deploy(patched)
    changed = stack_of_knowledge_base(base.bucket)
    properties = changed["Resources"]["Base"]["Properties"]
    properties |= {
        "Description": "changed",
        "Name": base.agent.get_knowledge_base(knowledgeBaseId=base.id)["knowledgeBase"]["name"],
    }
    assert patched.deploy(stack, changed) == "UPDATE_COMPLETE"
    assert patched.outputs(stack)["Base"] == base.id
    assert base.agent.get_knowledge_base(knowledgeBaseId=base.id)["knowledgeBase"]["description"] == "changed"
    patched.client("cloudformation").delete_stack(StackName=stack)
    patched.client("cloudformation").get_waiter("stack_delete_complete").wait(
        StackName=stack, WaiterConfig={"Delay": 1}
    )
    assert refused(lambda: base.agent.get_knowledge_base(knowledgeBaseId=base.id)) == "ResourceNotFoundException"


def test_index_of_other_dimensions_fails_the_deployment(patched: Aws) -> None:
    status = patched.deploy(unique("help"), stack_of_knowledge_base(unique("help"), dimension="1024"))
    assert status == "ROLLBACK_COMPLETE"


def test_a_role_may_use_its_own_knowledge_base_only(base: KnowledgeBase, patched: Aws) -> None:
    other = KnowledgeBase(patched)
    arns = [f"arn:aws:bedrock:us-west-2:000000000000:knowledge-base/{base.id}"]
    actions = "bedrock:Retrieve", "bedrock:StartIngestionJob"
    asking = patched.client_of_role("bedrock-agent-runtime", *actions, on=arns)
    starting = patched.client_of_role("bedrock-agent", *actions, on=arns)
    question = {"text": QUESTION}
    assert asking.retrieve(knowledgeBaseId=base.id, retrievalQuery=question)["retrievalResults"] == []
    assert starting.start_ingestion_job(knowledgeBaseId=base.id, dataSourceId=base.source)["ingestionJob"]
    assert (
        refused(lambda: asking.retrieve(knowledgeBaseId=other.id, retrievalQuery=question)) == "AccessDeniedException"
    )
    assert refused(lambda: starting.start_ingestion_job(knowledgeBaseId=other.id, dataSourceId=other.source)) == (
        "AccessDeniedException"
    )


def test_a_model_that_fails_is_no_error_of_the_knowledge_base(base: KnowledgeBase, model: ModelProcess) -> None:
    base.put("refunds.md", REFUNDS)
    base.sync()
    word = unique("broken")
    model.behave(word, unavailable=True)
    assert refused(lambda: base.ask(word)) == "DependencyFailedException"
    base.put("refunds.md", f"{REFUNDS} {word}")
    job = base.end(base.start()["ingestionJobId"])
    assert "the embedding model failed" in job["failureReasons"][0]
    assert base.ask(QUESTION)[0]["content"]["text"] == REFUNDS
    model.forget(word)
    assert base.sync() == {"DocumentsScanned": 1, "ModifiedDocumentsIndexed": 1}


def test_documents_outlive_a_restart_and_a_job_does_not(patched: Aws, model: ModelProcess, tmp_path: Path) -> None:  # noqa: ARG001
    slow = {**patched.environment, "KNOWLEDGE_BASE_SECONDS_PER_DOCUMENT": "1"}
    emulator = EmulatorProcess(tmp_path, free_port(), persist=True, environment=slow)
    with emulator:
        _, base = deploy(Aws(emulator.endpoint))
        base.put("refunds.md", REFUNDS)
        base.sync()
        for number in range(30):
            base.put(f"page-{number}.md", HATS)
        job = base.start()["ingestionJobId"]
        assert eventually(lambda: base.job(job)["status"] == "IN_PROGRESS")
    with emulator:
        assert base.job(job)["status"] == "FAILED"
        assert base.keys(QUESTION)[0] == "refunds.md"
        assert refused(lambda: base.ask(QUESTION, overrideSearchType="HYBRID")) == "ValidationException"
        assert base.start()["status"] == "STARTING"
