"""Retrieves passages from a knowledge base on Amazon Bedrock: only Retrieve, never RetrieveAndGenerate."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.exceptions import ClientError

from knowledge_base.suggestions.domain.passages import Found
from shared.aws.clients import client
from shared.aws.failures import code, unavailable, unavailable_where_out_of_reach
from shared.observability.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent_runtime import AgentsforBedrockRuntimeClient
    from mypy_boto3_bedrock_agent_runtime.type_defs import KnowledgeBaseRetrievalConfigurationTypeDef

_MAX_QUESTION = 2000
"""Characters: what follows says little of the question, and Bedrock takes 20,000 at most."""
_PASSING = frozenset({"BadGatewayException", "ConflictException", "DependencyFailedException"})
_NOT_SET_UP = frozenset({"AccessDeniedException", "ResourceNotFoundException"})


class BedrockKnowledgeBase:
    """One knowledge base, whose store Bedrock has chosen where it `is_managed`.

    `document_id_of` says which document an object's key belongs to, if any.
    """

    def __init__(
        self, knowledge_base_id: str, document_id_of: Callable[[str], str | None], *, is_managed: bool = False
    ) -> None:
        self._knowledge_base_id, self._document_id_of = knowledge_base_id, document_id_of
        self._is_managed = is_managed
        self._client: AgentsforBedrockRuntimeClient = client("bedrock-agent-runtime", read_seconds=8, attempts=2)

    def retrieve(self, question: str, limit: int) -> tuple[Found, ...]:
        """One call, twice where Bedrock is busy. Raises Unavailable."""
        try:
            with unavailable_where_out_of_reach():
                answer = self._client.retrieve(
                    knowledgeBaseId=self._knowledge_base_id,
                    retrievalQuery={"text": question[:_MAX_QUESTION]},
                    retrievalConfiguration=self._configuration(limit),
                )
        except ClientError as error:
            if code(error) in _NOT_SET_UP:
                logger.error("knowledge base cannot be called", extra={"code": code(error)})
            elif code(error) not in _PASSING:
                raise
            raise unavailable() from error
        return tuple(found for each in answer["retrievalResults"] if (found := self._found(each)))

    def _configuration(self, limit: int) -> "KnowledgeBaseRetrievalConfigurationTypeDef":
        if self._is_managed:
            return {"managedSearchConfiguration": {"numberOfResults": limit}}
        return {"vectorSearchConfiguration": {"numberOfResults": limit}}

    def _found(self, result: Any) -> Found | None:
        """None for what is no text of a document of ours."""
        uri = result.get("location", {}).get("s3Location", {}).get("uri", "")
        key = uri.removeprefix("s3://").partition("/")[2]
        document_id, text = self._document_id_of(key), result.get("content", {}).get("text")
        return Found(document_id, key, text, float(result.get("score") or 0)) if document_id and text else None
