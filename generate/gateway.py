"""The generated block of each context's template: request models, gateway responses and the access log.

The models are made from the bodies that routes declare. API Gateway reads JSON schema draft 4: newer keywords are
converted, and what draft 4 cannot express is left to the function, which validates the same pydantic model again.
"""

import json
import re
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from generate.functions import REST_CONTEXTS, ROOT, Json, routes_of
from generate.gateway_answers import access_log_setting, gateway_responses

_BLOCK = re.compile(
    r"(?P<begin> *# generated from [^\n]*\n)(?P<generated>.*?)(?P<end> *# end of what is generated\n)", re.DOTALL
)
# Keywords that validate nothing, or that draft 4 does not have.
_LEFT_OUT = {"title", "description", "default", "examples", "discriminator"}


def templates() -> dict[Path, str]:
    """The template of each context with a REST API, with a current block."""
    return {ROOT / context / "template.yaml": _generated(context) for context in REST_CONTEXTS}


def _generated(context: str) -> str:
    text = (ROOT / context / "template.yaml").read_text()
    own = request_models(context)

    def block(match: re.Match[str]) -> str:
        indent = " " * (len(match["begin"]) - len(match["begin"].lstrip()))
        models = [f"{model.__name__}: {_flow(draft_4(model))}" for model in own]
        # one line each, because nobody reads them here
        lines = [
            f"Models: {{{', '.join(['Nothing: {type: object}', *models])}}}",
            f"GatewayResponses: {_flow(gateway_responses())}",
            f"AccessLogSetting: {_flow(access_log_setting())}",
        ]
        return match["begin"] + "".join(f"{indent}{line}\n" for line in lines) + match["end"]

    changed, found = _BLOCK.subn(block, text)
    if found != 1:
        raise SystemExit(f"{context}/template.yaml needs one generated block, and has {found}")
    return changed


def _flow(value: Json) -> str:
    return json.dumps(value, ensure_ascii=False)


def request_models(context: str) -> list[type[BaseModel]]:
    """The models of request bodies in a context. API Gateway identifies them by name."""
    models: dict[str, type[BaseModel]] = {}
    for body in filter(None, (route.body for route in routes_of(context))):
        if models.setdefault(body.__name__, body) is not body:
            raise SystemExit(f"{context} has two models of the name {body.__name__}: give one another name")
    return list(models.values())


def draft_4(model: type[BaseModel]) -> Json:
    """The model's JSON schema in draft 4, without references."""
    schema = model.model_json_schema(by_alias=True)
    definitions = schema.pop("$defs", {})
    converted: Json = _convert(schema, definitions)
    return converted


def _convert(node: Any, definitions: Json) -> Any:
    if isinstance(node, list):
        return [_convert(item, definitions) for item in node]
    if not isinstance(node, dict):
        return node
    if "anyOf" in node:  # an optional field: it may be omitted, but must not be null
        (node,) = [choice for choice in node["anyOf"] if choice != {"type": "null"}]
    if "$ref" in node:
        return _convert(definitions[node["$ref"].rpartition("/")[2]], definitions)
    converted: Json = {}
    for word, value in node.items():
        if word == "prefixItems":
            converted["items"] = _convert(value, definitions)
        elif word == "properties":
            converted[word] = {name: _convert(schema, definitions) for name, schema in value.items()}
        elif word == "const":
            converted["enum"] = [value]
        elif word in {"exclusiveMinimum", "exclusiveMaximum"}:
            converted[word.removeprefix("exclusive").lower()] = value
            converted[word] = True
        elif word not in _LEFT_OUT:
            converted[word] = _convert(value, definitions)
    return converted
