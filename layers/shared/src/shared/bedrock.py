"""Asks a model on Amazon Bedrock through the Converse API."""

from collections.abc import Mapping
from typing import Any

from botocore.config import Config
from botocore.exceptions import ClientError, HTTPClientError
from botocore.exceptions import ConnectionError as NoConnection
from botocore.parsers import ResponseParserError
from botocore.session import get_session

from shared.model import ModelAnswer, ModelBusy, ModelRequest, Tool, Usage

_BUSY = frozenset(
    {
        "InternalServerException",
        "ModelErrorException",
        "ModelNotReadyException",
        "ModelTimeoutException",
        "ServiceUnavailableException",
        "ThrottlingException",
    }
)
# What comes of an answer that is not Converse's, but of something between us and Bedrock.
_UNREADABLE = (ResponseParserError, AttributeError, KeyError, TypeError)


class BedrockModel:
    """One model, by id or inference profile, with its parameters; None leaves a parameter to the model.

    Current Claude models refuse `temperature` together with `top_p`: set one of them.
    """

    def __init__(
        self,
        model_id: str,
        max_tokens: int,
        attempt_seconds: float,
        temperature: float | None = None,
        top_p: float | None = None,
    ) -> None:
        self.attempt_seconds = attempt_seconds
        self._model_id = model_id
        chosen = {"maxTokens": max_tokens, "temperature": temperature, "topP": top_p}
        self._inference = {name: value for name, value in chosen.items() if value is not None}
        config = Config(
            connect_timeout=1,
            read_timeout=attempt_seconds - 1,
            retries={"total_max_attempts": 1, "mode": "standard"},  # shared.model.PatientModel asks again
            parameter_validation=False,
        )
        self._client: Any = get_session().create_client("bedrock-runtime", config=config)

    def converse(self, request: ModelRequest) -> ModelAnswer:
        try:
            answer = self._client.converse(
                modelId=self._model_id,
                system=[{"text": request.system}],
                messages=[{"role": m.role, "content": [{"text": m.text}]} for m in request.messages],
                inferenceConfig=self._inference,
                **_tool_config(request.tools),
            )
            return _answer(answer)
        except ClientError as error:
            status = error.response["ResponseMetadata"]["HTTPStatusCode"]
            if error.response["Error"]["Code"] in _BUSY or status == 429 or status >= 500:
                raise ModelBusy from error
            raise
        except (HTTPClientError, NoConnection, *_UNREADABLE) as error:
            raise ModelBusy from error


def _tool_config(tools: tuple[Tool, ...]) -> dict[str, Any]:
    if not tools:
        return {}
    specs = [
        {"toolSpec": {"name": t.name, "description": t.description, "inputSchema": {"json": t.schema}}} for t in tools
    ]
    return {"toolConfig": {"tools": specs, "toolChoice": {"auto": {}}}}


def _answer(answer: Mapping[str, Any]) -> ModelAnswer:
    blocks = answer["output"]["message"]["content"]
    calls = [block["toolUse"] for block in blocks if "toolUse" in block]
    usage = answer["usage"]
    return ModelAnswer(
        text="".join(block["text"] for block in blocks if "text" in block).strip(),
        usage=Usage(usage["inputTokens"], usage["outputTokens"]),
        tool_inputs={call["name"]: call.get("input") for call in calls},
    )
