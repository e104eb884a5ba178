"""Writes `.local/outputs.json`: everything that a client needs to use the running platform."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from local.deployment import client, stack_outputs
from local.sample_data.accounts import PASSWORD, SignedUp
from local.workspace import REGION, Workspace


def write_outputs(
    workspace: Workspace, users: Sequence[SignedUp], database: Mapping[str, object] | None
) -> dict[str, Any]:
    """URLs are complete; `users` are the sample users with their passwords. Clients rely on these names."""
    deployed = stack_outputs(workspace)
    key = client("apigateway", workspace).get_api_key(apiKey=deployed["ApplicationKeyId"], includeValue=True)
    sockets = _ids_by_context(deployed, "SocketApiId")
    path, address = "/_aws/execute-api", workspace.endpoint.removeprefix("http")
    outputs = {
        "endpoint": workspace.endpoint,
        "region": REGION,
        "userPoolId": deployed["UserPoolId"],
        "userPoolClientId": deployed["UserPoolClientId"],
        "apiKey": key["value"],
        "apis": api_urls(workspace, deployed),
        "sockets": {context: f"ws{address}{path}/{api}/v1" for context, api in sockets.items()},
        "web": None,
        "model": workspace.model_endpoint,
        "payments": workspace.stripe_url,
        "database": database,
        "mail": str(workspace.mail),
        "users": [
            {"email": user.email, "password": PASSWORD, "userId": user.user_id, "groups": list(user.groups)}
            for user in users
        ],
    }
    workspace.outputs.write_text(json.dumps(outputs, indent=2) + "\n")
    return outputs


def api_urls(workspace: Workspace, deployed: Mapping[str, str]) -> dict[str, str]:
    """The URL of each context's API, from the stack's outputs."""
    apis = {name: value for name, value in deployed.items() if not name.endswith("SocketApiId")}
    return {
        context: f"{workspace.endpoint}/_aws/execute-api/{api}/v1"
        for context, api in _ids_by_context(apis, "ApiId").items()
    }


def _ids_by_context(deployed: Mapping[str, str], suffix: str) -> dict[str, str]:
    return {
        re.sub(r"(?<=.)(?=[A-Z])", "_", name.removesuffix(suffix)).lower(): value
        for name, value in deployed.items()
        if name.endswith(suffix)
    }
