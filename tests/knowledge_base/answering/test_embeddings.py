"""Titan as Bedrock answers it, and as it fails."""

import io
import json

import pytest
from botocore.response import StreamingBody
from botocore.stub import Stubber

from knowledge_base.answering.adapters.embeddings import TitanEmbeddings
from shared.errors import Unavailable


@pytest.fixture
def stubbed(monkeypatch: pytest.MonkeyPatch) -> tuple[TitanEmbeddings, Stubber]:
    for name, value in (("REGION", "us-west-2"), ("ACCESS_KEY_ID", "test"), ("SECRET_ACCESS_KEY", "test")):
        monkeypatch.setenv(f"AWS_{name}", value)
    embeddings = TitanEmbeddings("amazon.titan-embed-text-v2:0")
    stubber = Stubber(embeddings._client)
    stubber.activate()
    return embeddings, stubber


def add(stubber: Stubber, body: object) -> None:
    data = json.dumps(body).encode()
    answer = {"body": StreamingBody(io.BytesIO(data), len(data)), "contentType": "application/json"}
    sent = json.dumps({"inputText": "Where is it?", "dimensions": 256, "normalize": True})
    stubber.add_response("invoke_model", answer, {"modelId": "amazon.titan-embed-text-v2:0", "body": sent})


def test_a_question_becomes_a_vector(stubbed: tuple[TitanEmbeddings, Stubber]) -> None:
    embeddings, stubber = stubbed
    add(stubber, {"embedding": [0.6, 0.8], "inputTextTokenCount": 4})
    assert embeddings.vector("Where is it?") == (0.6, 0.8)


def test_an_answer_that_is_none_is_unavailable(stubbed: tuple[TitanEmbeddings, Stubber]) -> None:
    embeddings, stubber = stubbed
    add(stubber, {"message": "no"})
    with pytest.raises(Unavailable):
        embeddings.vector("Where is it?")


@pytest.mark.parametrize("code", ["ThrottlingException", "AccessDeniedException", "ValidationException"])
def test_what_bedrock_refuses_is_unavailable(stubbed: tuple[TitanEmbeddings, Stubber], code: str) -> None:
    embeddings, stubber = stubbed
    stubber.add_client_error("invoke_model", code, http_status_code=400)
    with pytest.raises(Unavailable):
        embeddings.vector("Where is it?")
