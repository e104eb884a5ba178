"""The URLs of APIs in functions' environments, which would lead to AWS itself."""

import os
import re
from collections.abc import Mapping

from ministack.services import apigateway, apigateway_v1, lambda_svc

from local.emulator.provisioning import Json

_API = re.compile(r"(https|wss)://([a-z0-9]+)\.execute-api\.[a-z0-9-]+\.amazonaws\.com(?:\.cn)?(?=/|$)")


def rewrite_api_urls() -> None:
    """Where a variable starts with the AWS URL of an API that the emulator serves, replace it by the local URL."""
    environment_of = lambda_svc._provided_worker_env

    def environment_with_local_urls(config: Json, folder: str, port: int) -> dict[str, str]:
        environment: dict[str, str] = environment_of(config, folder, port)
        declared: Mapping[str, str] = config.get("Environment", {}).get("Variables", {})
        return environment | {name: local_url(value) for name, value in declared.items() if name in environment}

    lambda_svc._provided_worker_env = environment_with_local_urls


def local_url(value: str) -> str:
    """The value with the local address if it names one of the emulator's APIs, else unchanged."""
    found = _API.match(value)
    if found is None or not _is_ours(found[2]):
        return value
    _, address = os.environ["AWS_ENDPOINT_URL"].split("://")
    scheme = {"https": "http", "wss": "ws"}[found[1]]
    return f"{scheme}://{address}/_aws/execute-api/{found[2]}{value[found.end() :]}"


def _is_ours(api_id: str) -> bool:
    return any(module.find_api_scope(api_id) is not None for module in (apigateway, apigateway_v1))
