"""What clients read when they are wrong about anything that a route takes: every field and parameter of every route."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from generate.functions import CONTEXTS, routes_of
from personalization.runs.requests import AskLive
from shared.errors import AlmonerError, Malformed
from shared.http.bodies import checked
from shared.http.contract import Route
from shared.http.parameters import read_parameters
from shared.http.problems import problem_of
from shared.json.encoding import encode
from shared.sockets.messages import Resume, SendPart, Stop
from tests.shared.gateway_events import rest_event

type Json = dict[str, Any]

_OF_A_PROGRAM = re.compile(
    r"\^|\$$|\\|\[A-Z|\[a-z|\[\]|Input should|Value error|\bNone\b|\bTrue\b|\bFalse\b|(?<!\w)'|'(?!\w)|\.0\b|\d{5}"
)
"""A regular expression, Python's way to write a value, pydantic's own words, or a number without separators."""

ROUTES = [route for context in CONTEXTS for route in routes_of(context)]
OF_ROUTES = {route.body for route in ROUTES if route.body}
BODIES = sorted(OF_ROUTES | {Resume, Stop, SendPart, AskLive}, key=lambda each: each.__name__)

wrong_texts = st.sampled_from(["", " ", "%", "x" * 5000, "-1", "1.5", "9" * 30, "\n", "É", "a b", "null"]) | st.text()
wrong_values = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.sampled_from([0, -1, 10**40, 10**4000, 1.5, 1e300, [], {}, [None], {"": 1}, {"kind": "x"}, {"kind": {}}, "\0"]),
    st.floats(allow_nan=False, allow_infinity=False),
    wrong_texts,
    st.lists(st.just("a"), max_size=200),
)


def values_like(node: Json, definitions: Json) -> st.SearchStrategy[Any]:
    """What a schema describes, with something else in any place of it."""
    if "$ref" in node:
        return values_like(definitions[node["$ref"].rpartition("/")[2]], definitions)
    choices = [choice for word in ("anyOf", "oneOf") for choice in node.get(word, [])]
    if choices:
        return st.one_of(wrong_values, *(values_like(choice, definitions) for choice in choices))
    match node.get("type"):
        case "object":
            fields = {name: values_like(part, definitions) for name, part in node.get("properties", {}).items()}
            declared: st.SearchStrategy[Any] = st.fixed_dictionaries({}, optional=fields)
            more = st.dictionaries(wrong_texts, wrong_values)
            return st.one_of(
                declared, st.builds(lambda declared, more: {**declared, **more}, declared, more), wrong_values
            )
        case "array":
            return st.lists(values_like(node["items"], definitions), max_size=3) | wrong_values
        case _ if "enum" in node or "const" in node:
            return st.sampled_from(node.get("enum") or [node["const"]]) | wrong_values
    return wrong_values


def assert_readable(error: AlmonerError) -> None:
    problem = problem_of(error)
    errors: Any = problem.get("errors", ())
    detail = str(problem["detail"])
    assert len(errors) == 1 or not _OF_A_PROGRAM.search(detail), detail  # of one error, it has the name of the field
    assert re.match(r"[A-Z]", detail)
    assert detail.endswith(".")
    assert len(encode(problem)) < 10_000
    for each in errors:
        assert re.match(r"(must|is|has|cannot) ", each.message), each
        assert not _OF_A_PROGRAM.search(each.message), each
        assert len(each.field) <= 101
        assert len(each.message) <= 150


@pytest.mark.parametrize("model", BODIES, ids=lambda model: model.__name__)
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_is_wrong_with_a_body_is_said_in_plain_words(model: type[BaseModel], data: st.DataObject) -> None:
    schema = model.model_json_schema(by_alias=True)
    body = data.draw(values_like(schema, schema.get("$defs", {})))
    try:
        checked(model, body)
    except AlmonerError as error:
        assert_readable(error)


@pytest.mark.parametrize("route", ROUTES, ids=str)
@settings(max_examples=30)
@given(data=st.data())
def test_whatever_is_wrong_with_a_parameter_is_said_in_plain_words(route: Route, data: st.DataObject) -> None:
    places: Json = {"query": {}, "header": {}, "path": {}}
    for parameter in route.parameters:
        if data.draw(st.booleans()):
            places[parameter.place][parameter.name] = data.draw(wrong_texts)
    query = {name: [text] * data.draw(st.integers(1, 2)) for name, text in places["query"].items()}
    unknown = data.draw(st.dictionaries(wrong_texts, st.just(["x"]), max_size=3))
    event = rest_event(query={**query, **unknown}, headers=places["header"]) | {"pathParameters": places["path"]}
    try:
        read_parameters(route.parameters, event)
    except AlmonerError as error:
        assert_readable(error)


@pytest.mark.parametrize("route", ROUTES, ids=str)
@pytest.mark.parametrize("name", ["kind", "q", "status", "inStock", "", "limit "])
def test_parameter_that_a_route_does_not_declare_is_refused_by_name(route: Route, name: str) -> None:
    if name in {parameter.name for parameter in route.parameters}:
        return
    queries = {each.name: "" for each in route.parameters if each.place == "query"}
    paths = {each.name: "id" for each in route.parameters if each.place == "path"}
    with pytest.raises(Malformed) as refusal:
        read_parameters(route.parameters, rest_event(query={**queries, name: "x"}) | {"pathParameters": paths})
    assert name in {error.field for error in refusal.value.errors}


@pytest.mark.parametrize("model", [model for model in BODIES if model in OF_ROUTES], ids=lambda model: model.__name__)
def test_every_number_text_and_list_has_a_bound(model: type[BaseModel]) -> None:
    """DynamoDB has numbers of 38 digits, and an error repeats the version that is outdated."""
    schema = model.model_json_schema(by_alias=True)

    def unbounded(node: Any, path: str) -> list[str]:
        if isinstance(node, list):
            return [each for choice in node for each in unbounded(choice, path)]
        if not isinstance(node, dict):
            return []
        bounds = {
            "string": {"maxLength", "pattern", "enum", "const", "format"},
            "integer": {"maximum", "exclusiveMaximum"},
            "number": {"maximum"},
            "array": {"maxItems"},
        }
        type_ = node.get("type")
        here = [path] if type_ in bounds and not bounds[type_] & node.keys() else []
        parts = {name: part for name, part in node.items() if name not in {"then", "else"}}  # they narrow the others
        return here + [each for name, part in parts.items() for each in unbounded(part, f"{path}/{name}")]

    assert unbounded(schema, "") == []
