"""The documents of the APIs: what is in them, and what cannot be described."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any, ClassVar

import pytest
from pydantic import Field

from generate.functions import CONTEXTS, ROOT, routes_of
from generate.openapi import document, documents
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.bodies import AmountOfMoney
from shared.http.callers import ADMINS, ANYBODY, FOLLOWERS
from shared.http.contract import Text
from shared.http.cursors import Cursors
from shared.http.fields import DISTINCT, NOT_NULL, Body, Moment
from shared.http.forms import Form
from shared.http.parameters import choice, new_path_id, optional_text, paging
from shared.http.request import Request

DOCUMENTS = [json.loads(text) for text in documents().values()]

type Json = dict[str, Any]


def operations(content: Json) -> Iterator[tuple[str, Json]]:
    for path, methods in content["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


each_document = pytest.mark.parametrize("content", DOCUMENTS, ids=CONTEXTS)

# --- As they are published


@pytest.mark.parametrize("context", CONTEXTS)
def test_document_describes_the_routes_of_today(context: str) -> None:
    file = ROOT / f"docs/openapi/{context}.json"

    assert documents()[file] == file.read_text(), "run python -m generate"
    assert {route for route, _ in operations(json.loads(file.read_text()))} == set(map(str, routes_of(context)))


@each_document
def test_operation_has_a_name_of_its_own(content: Json) -> None:
    names = [operation["operationId"] for _, operation in operations(content)]

    assert len(names) == len(set(names))


@each_document
def test_operation_names_a_parameter_once_and_describes_its_values(content: Json) -> None:
    for route, operation in operations(content):
        named = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
        assert len(named) == len(set(named)), route
        for parameter in operation["parameters"]:
            schema = parameter["schema"]
            if schema["type"] == "array":
                assert "maxItems" in schema, f"{route}: {parameter['name']} may repeat without end"
                schema = schema["items"]
            if parameter["name"] == "If-None-Match":
                continue  # what is no tag is ignored
            is_limited = schema.keys() & {"maxLength", "maximum", "enum", "pattern"} or schema["type"] == "boolean"
            assert is_limited, f"{route}: {parameter['name']} may be anything"


@each_document
def test_every_cursor_that_is_handed_out_may_be_sent(content: Json) -> None:
    longest_id, at = "x" * 64, "2026-02-03T04:05:06.789Z"
    handed_out = Cursors("a key").make("a list", f"{at}#{longest_id}")
    assert handed_out is not None

    for route, operation in operations(content):
        for parameter in operation["parameters"]:
            assert parameter["name"] != "cursor" or parameter["schema"]["maxLength"] >= len(handed_out), route


@each_document
def test_every_reference_leads_somewhere(content: Json) -> None:
    text = json.dumps(content)

    for kind, components in content["components"].items():
        for name in components:
            assert kind == "securitySchemes" or f'"#/components/{kind}/{name}"' in text, f"nothing refers to {name}"
    for reference in set(text.split('"#/components/')[1:]):
        kind, _, rest = reference.partition("/")
        assert rest.partition('"')[0] in content["components"][kind], reference[:60]


# --- How a route is described


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class AddItem(Body):
    MAX_BODY_BYTES: ClassVar = 2048

    display_name: Annotated[str, Field(max_length=20)]
    colour: Colour = Colour.RED
    starts_at: Moment | None = None


@dataclass(frozen=True)
class Item:
    item_id: str
    colour: Colour
    note: str | None = None


@dataclass(frozen=True)
class ItemList:
    items: tuple[Item, ...]
    next_cursor: str | None


def described(route: str, **contract: Any) -> Json:
    """The operation of a route, and the components beside it."""
    content = document([declared(route, **contract)], "test")
    [(_, operation)] = operations(content)
    return operation | {"components": content["components"]}


def declared(route: str, **contract: Any) -> Any:
    app = Api()

    @app.route(route, **{"answers": {200: Item}} | contract)
    def serve_item(_: Request[Any]) -> None:
        """Somebody does something."""

    return app.routes[0]


def test_body_is_described_with_its_limits_enumerations_and_formats() -> None:
    operation = described("POST /items", body=AddItem)
    schemas = operation["components"]["schemas"]
    schema = schemas["AddItem"]

    assert operation["requestBody"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/AddItem"}}
    }
    assert schema["required"] == ["displayName"]
    assert schema["properties"]["displayName"] == {"type": "string", "maxLength": 20}
    assert schemas["Colour"]["enum"] == ["red", "blue"]
    assert "date-time" in json.dumps(schemas)
    assert operation["responses"]["413"]["$ref"] == "#/components/responses/ContentTooLarge"


def test_answer_has_every_field_under_its_name_on_the_wire() -> None:
    operation = described("GET /items", answers={200: ItemList})
    schemas = operation["components"]["schemas"]

    assert operation["responses"]["200"]["content"] == {
        "application/json": {"schema": {"$ref": "#/components/schemas/ItemList"}}
    }
    assert schemas["ItemList"]["required"] == ["items", "nextCursor"]
    assert schemas["Item"]["required"] == ["itemId", "colour", "note"]
    assert "default" not in schemas["Item"]["properties"]["note"]


def test_every_status_is_described() -> None:
    operation = described(
        "PUT /items/{itemId}", body=AddItem, answers={200: Item, 201: Item}, raises=[Conflict], key="optional"
    )

    assert set(operation["responses"]) == {
        *("200", "201", "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503", "504")
    }


def test_answers_without_a_body_and_those_that_are_not_json_are_described() -> None:
    responses = described("GET /events", answers={200: Text("text/event-stream"), 204: None})["responses"]

    assert responses["200"]["content"] == {"text/event-stream": {"schema": {"type": "string"}}}
    assert "content" not in responses["204"]


def test_headers_that_clients_go_by_are_described() -> None:
    operation = described("GET /items", key="required", cache_control="public, max-age=60")
    responses = operation["components"]["responses"]

    assert responses["Unauthorized"]["headers"].keys() == {"WWW-Authenticate", "x-amzn-Remapped-WWW-Authenticate"}
    assert responses["TooManyRequests"]["headers"].keys() == {"Retry-After"}
    assert responses["ServiceUnavailable"]["headers"].keys() == {"Retry-After"}
    assert operation["responses"]["200"]["headers"]["Cache-Control"]["schema"]["enum"] == ["public, max-age=60"]
    key, condition = operation["parameters"]
    assert (condition["name"], condition["required"]) == ("If-None-Match", False)
    assert (
        {"ETag", "Vary"}
        <= operation["responses"]["200"]["headers"].keys()
        == operation["responses"]["304"]["headers"].keys()
    )
    assert (key["name"], key["in"], key["required"]) == ("Idempotency-Key", "header", True)
    assert key["schema"]["maxLength"] == 255


def test_response_of_the_gateway_to_a_large_body_is_described() -> None:
    components = described("POST /items", body=AddItem)["components"]

    assert components["responses"]["ContentTooLarge"]["content"].keys() == {
        "application/problem+json",
        "application/json",
    }
    assert components["schemas"]["Message"]["required"] == ["message"]


def test_parameters_have_types_limits_and_choices() -> None:
    parameters = [
        new_path_id("itemId", "[a-z]+", "an id of ours"),
        *paging(max_size=50),
        choice("colour", Colour, default=Colour.BLUE),
        optional_text("X-Cart-Id", place="header"),
    ]
    found = {each["name"]: each for each in described("GET /items/{itemId}", parameters=parameters)["parameters"]}

    assert found["itemId"]["schema"] == {"type": "string", "pattern": "^[a-z]+$"}
    assert found["limit"]["schema"] == {"type": "integer", "minimum": 1, "maximum": 50, "default": 20}
    assert found["cursor"]["schema"]["maxLength"] == 1024
    assert found["colour"]["schema"] == {"type": "string", "enum": ["red", "blue"], "default": "blue"}
    assert found["X-Cart-Id"]["in"] == "header"
    assert {name for name, each in found.items() if each["required"]} == {"itemId"}


@pytest.mark.parametrize(
    ("callers", "security"),
    [
        (ADMINS, [{"accessToken": [], "applicationKey": []}]),
        (ANYBODY, [{"applicationKey": []}]),
        (FOLLOWERS, [{"accessToken": []}, {"ticket": []}]),
    ],
)
def test_security_is_that_of_the_callers(callers: Any, security: list[Json]) -> None:
    assert described("GET /items", callers=callers)["security"] == security


def test_route_without_a_key_asks_for_a_token_all_the_same() -> None:
    app = Api(kind="http")
    app.route("GET /items", answers={200: Item})(lambda _: None)

    [(_, operation)] = operations(document(app.routes, "test"))

    assert operation["security"] == [{"accessToken": []}]


def test_ticket_is_a_credential_and_no_parameter() -> None:
    described_route = described(
        "GET /items", callers=FOLLOWERS, parameters=[optional_text("ticket"), optional_text("q")]
    )

    assert [each["name"] for each in described_route["parameters"]] == ["q"]
    assert described_route["components"]["securitySchemes"].keys() == {"accessToken", "ticket"}


def test_body_is_described_as_strictly_as_it_is_checked() -> None:
    class Basket(Body):
        tags: Annotated[list[str], DISTINCT]
        price: AmountOfMoney
        code: Annotated[str, Form("[a-z]+", "small letters")]
        note: Annotated[str | None, NOT_NULL] = None
        url: str | None = None

    schemas = described("POST /baskets", body=Basket)["components"]["schemas"]
    properties = schemas["Basket"]["properties"]

    assert properties["tags"]["uniqueItems"] is True
    assert "GBP" in schemas["AmountOfMoney"]["properties"]["currency"]["enum"]
    assert properties["code"] == {"type": "string", "pattern": "^[a-z]+$"}
    assert properties["note"]["type"] == "string"
    assert properties["url"]["anyOf"] == [{"type": "string"}, {"type": "null"}]


# --- What cannot be described


def a_class(name: str, base: type, **fields: type) -> Any:
    made = type(name, (base,), {"__annotations__": fields, "__module__": f"module_of_{len(fields)}"})
    return made if issubclass(made, Body) else dataclass(made)


@pytest.mark.parametrize("base", [Body, object])
def test_two_classes_of_one_name_are_refused(base: type) -> None:
    one, other = a_class("Twin", base, a=str), a_class("Twin", base, a=str, b=str)
    use = "body" if base is Body else "answers"
    contracts = [{use: each if base is Body else {200: each}} for each in (one, other)]

    with pytest.raises(SystemExit, match=r"several classes have one name: .*Twin"):
        document([declared(f"POST /{n}", name=f"post_{n}", **each) for n, each in enumerate(contracts)], "test")


def test_body_and_answer_of_one_name_and_different_fields_are_refused() -> None:
    body, answer = a_class("Twin", Body, a=str), a_class("Twin", object, b=str)

    with pytest.raises(SystemExit, match="a body and an answer have the name Twin"):
        document([declared("POST /twins", body=body, answers={200: answer})], "test")


def test_two_operations_of_one_name_are_refused() -> None:
    with pytest.raises(SystemExit, match="several operations of one name: serve_item"):
        document([declared("GET /items"), declared("GET /things")], "test")
