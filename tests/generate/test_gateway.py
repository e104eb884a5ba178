"""The gateway refuses early what the function would refuse anyway, and nothing else."""

import json
from datetime import datetime
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft4Validator
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from samcli.yamlhelper import yaml_parse

from generate.functions import REST_CONTEXTS, ROOT, routes_of
from generate.gateway import draft_4, request_models, templates
from generate.model_keywords import FOR_THE_FUNCTION, FOR_THE_GATEWAY, NOT_SUPPORTED, keywords, supported
from personalization.agent.requests import AskAgent
from shared.http.fields import NOT_NULL, Body

type Json = dict[str, Any]


def gateway_models() -> list[Any]:
    """Every schema as it stands in a template."""
    written = {path.parent.name: yaml_parse(text)["Resources"]["Api"] for path, text in templates().items()}
    return [
        pytest.param(schema, id=f"{context}-{name}")
        for context, api in written.items()
        for name, schema in api["Properties"]["Models"].items()
    ]


# --- What stands in the templates


@pytest.mark.parametrize("schema", gateway_models())
def test_model_says_types_and_required_members_in_draft_4(schema: Json) -> None:
    Draft4Validator.check_schema(schema)

    assert keywords(schema) <= set(FOR_THE_GATEWAY)


@pytest.mark.parametrize("context", REST_CONTEXTS)
def test_template_holds_the_models_of_today(context: str) -> None:
    path = ROOT / context / "template.yaml"

    assert templates()[path] == path.read_text(), "run python -m generate"


def test_model_of_a_body_stands_in_its_template() -> None:
    template = yaml_parse(templates()[ROOT / "personalization" / "template.yaml"])

    assert template["Resources"]["Api"]["Properties"]["Models"]["AskAgent"] == draft_4(AskAgent)


# --- The conversion


class Line(BaseModel):
    """A part of a body."""

    model_config = ConfigDict(extra="forbid")

    title: str
    quantity: Annotated[int, Field(gt=0, lt=100, description="how many")]


class Contains(BaseModel):
    kind: Literal["contains"]
    text: str


class Shorter(BaseModel):
    kind: Literal["shorter"]
    than: int


class Order(BaseModel):
    """A body with all that pydantic can say and the gateway cannot check."""

    kind: Literal["order"]
    lines: Annotated[list[Line], Field(min_length=1, max_length=3)]
    gift: Line | None = None
    weight: Annotated[float, Field(gt=0.5, le=10)] = 1
    tags: dict[str, Literal["a", "b"]] = {}
    check: Annotated[Contains | Shorter, Field(discriminator="kind")]
    either: int | str = 0
    sent: datetime


def test_gateway_gets_types_and_required_members_without_references() -> None:
    line = {
        "type": "object",
        "required": ["title", "quantity"],
        "properties": {"title": {"type": "string"}, "quantity": {"type": "integer"}},
    }

    assert draft_4(Order) == {
        "type": "object",
        "required": ["kind", "lines", "check", "sent"],
        "properties": {
            "kind": {"type": "string"},
            "lines": {"type": "array", "items": line},
            "gift": {},
            "weight": {"type": "number"},
            "tags": {"type": "object"},
            "check": {"type": "object"},
            "either": {},
            "sent": {"type": "string"},
        },
    }


def test_keyword_that_nobody_is_said_to_check_is_refused() -> None:
    class Body(BaseModel):
        text: Annotated[str, Field(json_schema_extra={"contentEncoding": "base64"})]

    with pytest.raises(SystemExit, match="contentEncoding"):
        draft_4(Body)


def test_keyword_is_checked_by_one() -> None:
    assert not set(FOR_THE_GATEWAY) & {*FOR_THE_FUNCTION, *NOT_SUPPORTED}
    assert not FOR_THE_FUNCTION & NOT_SUPPORTED.keys()


def test_field_may_be_called_like_a_word_of_the_schema() -> None:
    class Words(BaseModel):
        title: str
        default: str
        const: str
        examples: list[str]

    schema = draft_4(Words)

    assert schema["properties"].keys() == {"title", "default", "const", "examples"}
    assert supported(schema) == schema
    assert keywords(schema) == set(FOR_THE_GATEWAY)


def test_field_that_may_be_null_has_no_type() -> None:
    class Settings(Body):
        temperature: float | None = None
        limit: Annotated[int | None, NOT_NULL] = None

    assert draft_4(Settings)["properties"] == {"temperature": {}, "limit": {"type": "integer"}}
    assert Settings.model_json_schema()["properties"]["limit"] == {"default": None, "title": "Limit", "type": "integer"}


def test_names_are_those_of_the_wire() -> None:
    assert draft_4(AskAgent)["required"] == ["userId", "input", "sessionId"]


# --- Never stricter than the function

anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


def values(node: Json, definitions: Json) -> st.SearchStrategy[Any]:
    """What a schema of pydantic's describes, at its bounds too; and now and then something else."""
    if "$ref" in node:
        return values(definitions[node["$ref"].rpartition("/")[2]], definitions)
    for word in ("anyOf", "oneOf"):
        if word in node:
            return st.one_of([values(choice, definitions) for choice in node[word]])
    if "enum" in node or "const" in node:
        return st.sampled_from(node.get("enum") or [node["const"]])
    match node.get("type"):
        case "object":
            fields = {name: values(part, definitions) for name, part in node.get("properties", {}).items()}
            required = set(node.get("required", ()))
            return st.fixed_dictionaries(
                {name: field for name, field in fields.items() if name in required},
                optional={name: field for name, field in fields.items() if name not in required},
            )
        case "array":
            items = values(node["items"], definitions)
            return st.lists(items, min_size=node.get("minItems", 0), max_size=node.get("maxItems", 3))
        case "string" if node.get("format") == "date-time":
            return st.datetimes(timezones=st.timezones()).map(lambda moment: moment.isoformat())
        case "string" if "pattern" in node:
            return st.from_regex(node["pattern"]) | st.from_regex(node["pattern"], fullmatch=True)
        case "string":
            longest = node.get("maxLength", 10)
            text = st.text(min_size=node.get("minLength", 0), max_size=min(longest, 20))
            return text | st.characters().map(lambda character: character * longest)
        case "integer":
            return st.integers(node.get("minimum"), node.get("maximum"))
        case "number":
            return st.floats(node.get("minimum"), node.get("maximum"), allow_nan=False)
        case "boolean":
            return st.booleans()
        case "null":
            return st.none()
    raise NotImplementedError(f"teach this test what {node} describes")


def route_models() -> list[Any]:
    """The models of whole bodies: those that stand in a template."""
    return [pytest.param(model, id=model.__name__) for context in REST_CONTEXTS for model in request_models(context)]


def is_accepted(model: type[BaseModel], body: object) -> bool:
    try:
        model.model_validate(body)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("model", route_models())
@given(data=st.data())
def test_whatever_the_function_accepts_passes_the_gateway(model: type[BaseModel], data: st.DataObject) -> None:
    schema = model.model_json_schema(by_alias=True)
    body = data.draw(values(schema, schema.get("$defs", {})))
    if data.draw(st.booleans(), label="with something else in it"):
        body |= data.draw(
            st.dictionaries(st.sampled_from(sorted(schema["properties"])) | st.text(), anything, max_size=2)
        )

    if is_accepted(model, body):
        assert Draft4Validator(draft_4(model)).is_valid(body)


@pytest.mark.parametrize("model", route_models())
@given(body=anything)
def test_whatever_else_the_function_accepts_passes_the_gateway(model: type[BaseModel], body: object) -> None:
    if is_accepted(model, body):
        assert Draft4Validator(draft_4(model)).is_valid(body)


@pytest.mark.parametrize("context", REST_CONTEXTS)
def test_sample_event_of_every_body_passes_the_gateway(context: str) -> None:
    models = {str(route): route.body for route in routes_of(context) if route.body}
    samples = [json.loads(path.read_text()) for path in sorted((ROOT / "events" / context).glob("*.json"))]
    sent = {
        f"{event['httpMethod']} {event['resource']}": event["body"]
        for event in samples
        if event.get("body") and "resource" in event
    }

    assert sent.keys() & models.keys()
    for route in sent.keys() & models.keys():
        Draft4Validator(draft_4(models[route])).validate(json.loads(sent[route]))


def amend_profile() -> type[BaseModel]:
    from personalization.profiles.requests import AmendProfile

    return AmendProfile


@pytest.mark.parametrize(
    "body",
    [
        {"version": 1, "name": None},
        {"version": 1, "preferences": None},
        {"version": 1, "interests": None},
        {"version": 1, "consent": [{"purpose": "marketing", "granted": True, "recordedAt": None}]},
        {"version": 1, "consent": [{"purpose": "marketing", "granted": True, "recordedAt": 1700000000}]},
    ],
)
def test_function_refuses_what_the_gateway_refuses(body: dict[str, Any]) -> None:
    try:
        amend_profile().model_validate(body)
    except ValueError:
        return
    assert Draft4Validator(draft_4(amend_profile())).is_valid(body)
