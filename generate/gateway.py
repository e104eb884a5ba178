"""The generated block of each context's template: request models, gateway responses and the access log.

The models are made from the bodies that routes declare. API Gateway reads JSON schema draft 4, of which they contain
types and required members; the function validates the same pydantic model again, and names the field.
"""

import re
from pathlib import Path

from pydantic import BaseModel

from generate.flow_style import property_lines
from generate.functions import REST_CONTEXTS, ROOT, Json, routes_of
from generate.gateway_answers import access_log_setting, gateway_responses
from generate.model_keywords import FOR_THE_FUNCTION, FOR_THE_GATEWAY, NOT_SUPPORTED

_BLOCK = re.compile(
    r"(?P<begin> *# generated from [^\n]*\n)(?P<generated>.*?)(?P<end> *# end of what is generated\n)", re.DOTALL
)


def templates() -> dict[Path, str]:
    """The template of each context with a REST API, with a current block."""
    return {ROOT / context / "template.yaml": _generated(context) for context in REST_CONTEXTS}


def _generated(context: str) -> str:
    text = (ROOT / context / "template.yaml").read_text()
    models = {"Nothing": {"type": "object"}, **{model.__name__: draft_4(model) for model in request_models(context)}}

    def block(match: re.Match[str]) -> str:
        indent = len(match["begin"]) - len(match["begin"].lstrip())
        lines = [
            *property_lines("Models", models, indent),
            *property_lines("GatewayResponses", gateway_responses(), indent),
            *property_lines("AccessLogSetting", access_log_setting(), indent),
        ]
        return match["begin"] + "".join(f"{line}\n" for line in lines) + match["end"]

    changed, found = _BLOCK.subn(block, text)
    if found != 1:
        raise SystemExit(f"{context}/template.yaml needs one generated block, and has {found}")
    return changed


def request_models(context: str) -> list[type[BaseModel]]:
    """The models of request bodies in a context. API Gateway identifies them by name."""
    models: dict[str, type[BaseModel]] = {}
    for body in filter(None, (route.body for route in routes_of(context))):
        if models.setdefault(body.__name__, body) is not body:
            raise SystemExit(f"{context} has two models of the name {body.__name__}: give one another name")
    return list(models.values())


def draft_4(model: type[BaseModel]) -> Json:
    """The model's JSON schema as API Gateway can check it, without references."""
    schema = model.model_json_schema(by_alias=True)
    return _convert(schema, schema.get("$defs", {}))


def _convert(node: Json, definitions: Json) -> Json:
    if "$ref" in node:
        return _convert(definitions[node["$ref"].rpartition("/")[2]], definitions)
    if choices := node.get("anyOf") or node.get("oneOf"):
        return _common([_convert(choice, definitions) for choice in choices])
    if unknown := node.keys() - {*FOR_THE_GATEWAY, *FOR_THE_FUNCTION, *NOT_SUPPORTED, "$defs"}:
        raise SystemExit(f"say in generate/model_keywords.py who checks {', '.join(sorted(unknown))}")
    converted: Json = {word: node[word] for word in FOR_THE_GATEWAY if word in node}
    if "properties" in node:
        converted["properties"] = {name: _convert(each, definitions) for name, each in node["properties"].items()}
    if "items" in node:
        converted["items"] = _convert(node["items"], definitions)
    return converted


def _common(choices: list[Json]) -> Json:
    """The type of all choices; if null is one of them, there is none."""
    types = {choice.get("type") for choice in choices}
    return {"type": types.pop()} if len(types) == 1 and None not in types else {}
