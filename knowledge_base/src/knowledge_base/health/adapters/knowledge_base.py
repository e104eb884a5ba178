"""Whether the knowledge base is there."""

from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.errors import Unavailable

if TYPE_CHECKING:
    from mypy_boto3_bedrock_agent import AgentsforBedrockClient


class KnowledgeBaseProbe:
    def __init__(self, knowledge_base_id: str) -> None:
        self._id = knowledge_base_id
        self._agent: AgentsforBedrockClient = client("bedrock-agent", read_seconds=2.0, attempts=1)

    def __call__(self) -> None:
        """One GetKnowledgeBase. Raises Unavailable where it is not active, and botocore's errors."""
        status = self._agent.get_knowledge_base(knowledgeBaseId=self._id)["knowledgeBase"]["status"]
        if status != "ACTIVE":
            raise Unavailable(f"The knowledge base is {status}.")
