"""Embeds questions with Titan on Amazon Bedrock, so that those that mean the same are found."""

import json
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from knowledge_base.answering.domain.gaps import Vector
from shared.aws.clients import client
from shared.aws.failures import unavailable, unavailable_where_out_of_reach

if TYPE_CHECKING:
    from mypy_boto3_bedrock_runtime import BedrockRuntimeClient

_DIMENSIONS = 256
"""The fewest that Titan has: they are compared with each other only."""


class TitanEmbeddings:
    def __init__(self, model_id: str) -> None:
        self._model_id = model_id
        self._client: BedrockRuntimeClient = client("bedrock-runtime", read_seconds=8, attempts=2)

    def vector(self, text: str) -> Vector:
        """One call. Raises Unavailable, also where the account may not call the model."""
        body = json.dumps({"inputText": text, "dimensions": _DIMENSIONS, "normalize": True})
        try:
            with unavailable_where_out_of_reach():
                answer = self._client.invoke_model(modelId=self._model_id, body=body)
                return tuple(map(float, json.loads(answer["body"].read())["embedding"]))
        except (ClientError, KeyError, ValueError) as error:
            raise unavailable() from error
