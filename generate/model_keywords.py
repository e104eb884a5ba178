"""Which keywords of JSON schema the gateway's models contain, and why they contain no others."""

from collections.abc import Mapping
from typing import Any

_NOTES = "https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-known-issues.html"
_MODELS = "https://docs.aws.amazon.com/apigateway/latest/developerguide/models-mappings-models.html"
_IMPORT = "https://github.com/aws/serverless-application-model/discussions/2708"

NOT_SUPPORTED: Mapping[str, str] = {
    "default": f"not supported: {_NOTES}",
    "discriminator": f"not supported in any schema: {_NOTES}",
    "example": f"not supported: {_NOTES}",
    "exclusiveMinimum": f"not supported: {_NOTES}",
    "format": f"int32, int64 and decimal are not supported: {_NOTES}",
    "maxItems": f"imported, but not checked: {_NOTES}",
    "minItems": f"imported, but not checked: {_NOTES}",
    "nullable": f"not supported: {_NOTES}",
    "oneOf": f"not supported in OpenAPI 2.0, which SAM generates: {_NOTES}",
    "readOnly": f"not supported: {_NOTES}",
    "maxProperties": f"dropped when imported: {_IMPORT}",
    "minProperties": f"dropped when imported: {_IMPORT}",
    "const": f"not in draft 4, the models' language: {_MODELS}",
    "examples": f"not in draft 4: {_MODELS}",
    "prefixItems": f"not in draft 4: {_MODELS}",
    "propertyNames": f"not in draft 4: {_MODELS}",
}
"""What API Gateway does not support or ignores when it imports a REST API, each with the source."""

FOR_THE_GATEWAY = ("type", "required", "properties", "items")
"""The gateway checks types and required members."""

FOR_THE_FUNCTION = frozenset(
    {
        "additionalProperties",
        "description",
        "else",
        "enum",
        "exclusiveMaximum",
        "if",
        "maxLength",
        "maximum",
        "minLength",
        "minimum",
        "multipleOf",
        "pattern",
        "then",
        "title",
        "uniqueItems",
    }
)
"""API Gateway could check these too, but its message would not name the field, as the function's does."""

_MAPS_OF_SCHEMAS = frozenset({"properties", "patternProperties", "definitions"})


def supported(schema: Any) -> Any:
    """A schema without the keywords that API Gateway does not support."""
    if isinstance(schema, list):
        return [supported(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    return {
        word: {name: supported(each) for name, each in value.items()} if word in _MAPS_OF_SCHEMAS else supported(value)
        for word, value in schema.items()
        if word not in NOT_SUPPORTED
    }


def keywords(schema: Any) -> set[str]:
    """All keywords in a schema, without the names of its properties."""
    if isinstance(schema, list):
        return set().union(*map(keywords, schema))
    if not isinstance(schema, dict):
        return set()
    parts = (value.values() if word in _MAPS_OF_SCHEMAS else [value] for word, value in schema.items())
    return set(schema).union(*(keywords(part) for within in parts for part in within))
