"""REST APIs: responses are compressed for clients that accept it, from the API's minimum size on."""

import gzip
import zlib
from collections.abc import Callable, Mapping
from typing import Any

from ministack.services import apigateway_v1 as rest_api

from local.emulator.provisioning import Answer, Json

_CODINGS: Mapping[str, Callable[[bytes], bytes]] = {"gzip": gzip.compress, "deflate": zlib.compress}


def compress_responses() -> None:
    """Compress what functions answer; MiniStack keeps `minimumCompressionSize`, and ignores it.

    https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-receive-response-with-compressed-payload.html
    """
    invoke = rest_api._invoke_lambda_proxy_v1

    async def invoke_and_compress(
        integration: Json,
        api_id: str,
        stage: str,
        deployed: Json,
        resource: Json,
        path: str,
        method: str,
        headers: Json,
        *more: Any,
        **kwargs: Any,
    ) -> Any:  # fmt: skip  the parameters before those that are needed here
        answer = await invoke(integration, api_id, stage, deployed, resource, path, method, headers, *more, **kwargs)
        if isinstance(answer, rest_api._GatewayError):
            return answer
        minimum = rest_api._rest_apis[api_id].get("minimumCompressionSize")
        accepted = rest_api._header_ci(headers, "accept-encoding")
        return answer if minimum is None else _compressed(answer, int(minimum), accepted)

    rest_api._invoke_lambda_proxy_v1 = invoke_and_compress


def _compressed(answer: Answer, minimum_bytes: int, accepted: str) -> Answer:
    status, headers, body = answer
    compress = _CODINGS.get(coding := _preferred(accepted))
    if compress is None or len(body) < max(minimum_bytes, 1) or any(n.lower() == "content-encoding" for n in headers):
        return answer
    return status, {**headers, "Content-Encoding": coding}, compress(body)


def _preferred(accept_encoding: str) -> str:
    """The coding of the highest priority, the first of several; AWS compresses only if it supports that one."""
    weights: dict[str, float] = {}
    for item in accept_encoding.split(","):
        coding, _, weight = item.partition(";")
        try:
            weights[coding.strip().lower()] = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            return ""
    coding = max(weights, key=lambda each: weights[each])
    return coding if weights[coding] else ""
