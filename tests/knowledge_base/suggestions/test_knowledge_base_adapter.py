"""Retrieve as Bedrock answers it, and as it fails."""

from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.stub import Stubber

from knowledge_base.suggestions.adapters.knowledge_base import BedrockKnowledgeBase
from knowledge_base.suggestions.domain.passages import Found
from shared.errors import Unavailable


@pytest.fixture(autouse=True)
def credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in (("REGION", "us-west-2"), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)


def a_base(*, is_managed: bool = False) -> tuple[BedrockKnowledgeBase, Stubber]:
    ids = {"returns.md": "returns"}
    base = BedrockKnowledgeBase("KB12345678", ids.get, is_managed=is_managed)
    stubber = Stubber(base._client)
    stubber.activate()
    return base, stubber


@pytest.fixture
def stubbed() -> tuple[BedrockKnowledgeBase, Stubber]:
    return a_base()


def result(uri: str | None, text: str | None, score: float = 0.5) -> dict[str, Any]:
    found: dict[str, Any] = {"content": {"text": text, "type": "TEXT"} if text else {"type": "IMAGE"}, "score": score}
    return found | ({"location": {"type": "S3", "s3Location": {"uri": uri}}} if uri else {})


def query(question: str, limit: int) -> dict[str, Any]:
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
    stubber.add_response("retrieve", {"retrievalResults": results}, query("How long?", 7))
    assert base.retrieve("How long?", 7) == (Found("returns", "returns.md", "30 days.", 0.5),)


def test_a_long_question_is_cut(stubbed: tuple[BedrockKnowledgeBase, Stubber]) -> None:
    base, stubber = stubbed
    stubber.add_response("retrieve", {"retrievalResults": []}, query("x" * 2000, 1))
    assert base.retrieve("x" * 30_000, 1) == ()


def test_a_store_that_bedrock_has_chosen_is_queried_in_its_own_way() -> None:
    base, stubber = a_base(is_managed=True)
    request = query("How long?", 3)
    request["retrievalConfiguration"] = {"managedSearchConfiguration": {"numberOfResults": 3}}
    stubber.add_response("retrieve", {"retrievalResults": []}, request)
    assert base.retrieve("How long?", 3) == ()


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
