"""Retrieve as Bedrock answers it, and as it fails."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from knowledge_base.suggestions.adapters.knowledge_base import BedrockKnowledgeBase
from knowledge_base.suggestions.domain.passages import Found
from shared.errors import Unavailable


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> tuple[BedrockKnowledgeBase, Stubber]:
    monkeypatch.setenv("AWS_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    base = BedrockKnowledgeBase("KB12345678", lambda key: {"returns.md": "returns"}.get(key))
    stubber = Stubber(base._client)
    stubber.activate()
    return base, stubber


def result(uri: str | None, text: str | None, score: float = 0.5) -> dict[str, Any]:
    found: dict[str, Any] = {"content": {"text": text, "type": "TEXT"} if text else {"type": "IMAGE"}, "score": score}
    return found | ({"location": {"type": "S3", "s3Location": {"uri": uri}}} if uri else {})


def asked(question: str, limit: int) -> dict[str, Any]:
    return {
        "knowledgeBaseId": "KB12345678",
        "retrievalQuery": {"text": question},
        "retrievalConfiguration": {"vectorSearchConfiguration": {"numberOfResults": limit}},
    }


def test_texts_of_our_documents_are_found(stubbed: tuple[BedrockKnowledgeBase, Stubber]) -> None:
    base, stubber = stubbed
    results = [
        result("s3://bucket/returns.md", "30 days."),
        result("s3://bucket/strange.md", "Not ours."),
        result("s3://bucket/returns.md", None),
        result(None, "From the web."),
    ]
    stubber.add_response("retrieve", {"retrievalResults": results}, asked("How long?", 7))
    assert base.retrieve("How long?", 7) == (Found("returns", "returns.md", "30 days.", 0.5),)


def test_a_long_question_is_cut(stubbed: tuple[BedrockKnowledgeBase, Stubber]) -> None:
    base, stubber = stubbed
    stubber.add_response("retrieve", {"retrievalResults": []}, asked("x" * 2000, 1))
    assert base.retrieve("x" * 30_000, 1) == ()


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ThrottlingException", 400),
        ("InternalServerException", 500),
        ("DependencyFailedException", 424),
        ("ConflictException", 409),
        ("BadGatewayException", 502),
        ("ResourceNotFoundException", 404),
        ("AccessDeniedException", 403),
    ],
)
def test_what_may_be_well_later_is_unavailable(
    stubbed: tuple[BedrockKnowledgeBase, Stubber], code: str, status: int
) -> None:
    base, stubber = stubbed
    stubber.add_client_error("retrieve", code, http_status_code=status)
    with pytest.raises(Unavailable):
        base.retrieve("How long?", 5)


def test_a_mistake_of_ours_passes_as_it_is(stubbed: tuple[BedrockKnowledgeBase, Stubber]) -> None:
    base, stubber = stubbed
    stubber.add_client_error("retrieve", "ValidationException", http_status_code=400)
    with pytest.raises(ClientError):
        base.retrieve("How long?", 5)
