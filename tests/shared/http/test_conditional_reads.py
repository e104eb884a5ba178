"""Public reads have an ETag: whoever has the present answer gets 304 instead of the same again. HEAD gets headers."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.errors import NotFound
from shared.http.api import Api
from shared.http.callers import ANYBODY
from shared.http.conditional_reads import revalidated
from shared.http.contract import public
from shared.http.request import Request
from shared.http.response import Answer
from tests.shared.gateway_events import rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


class Shop:
    """A function with one public read and one that is not."""

    def __init__(self, *, cached_by_gateway: bool = False) -> None:
        self.item: object = {"name": "Teapot"}
        self._app = Api()

        @self._app.route(
            "GET /items",
            callers=ANYBODY,
            answers={200: dict},
            cache_control=public(max_age_seconds=60),
            cached_by_gateway=lambda: cached_by_gateway,
            raises=[NotFound],
        )
        def read_item(_: Request) -> object:
            """Everybody reads the item."""
            if self.item is None:
                raise NotFound("There is no item.")
            return self.item

        @self._app.route("GET /private", callers=ANYBODY, answers={200: dict})
        def read_private(_: Request) -> object:
            return {}

    @property
    def routes(self) -> list[str]:
        return [str(route) for route in self._app.routes]

    def ask(self, method: str = "GET", tag: str | None = None, resource: str = "/items") -> dict[str, Any]:
        headers = {} if tag is None else {"if-none-match": tag}
        answer = self._app(rest_event(headers=headers, resource=resource, method=method), CONTEXT)
        return answer | {"headers": headers_of(answer)}

    @property
    def tag(self) -> str:
        return str(self.ask()["headers"]["ETag"])


def test_answer_has_a_weak_tag_and_says_what_it_varies_by() -> None:
    """The gateway compresses what has this tag."""
    answer = Shop().ask()

    assert answer["statusCode"] == 200
    assert answer["headers"]["ETag"].startswith('W/"')
    assert answer["headers"]["Vary"] == "Accept-Encoding"


def test_tag_is_that_of_the_content() -> None:
    shop, other = Shop(), Shop()
    assert shop.tag == other.tag

    other.item = {"name": "Kettle"}
    assert shop.tag != other.tag


@pytest.mark.parametrize("written", ["{}", '"stale", {}', '{},W/"a,b"', "*", " * "])
def test_whoever_has_the_answer_gets_304_without_it(written: str) -> None:
    shop = Shop()
    answer = shop.ask(tag=written.format(shop.tag))

    assert (answer["statusCode"], answer["body"]) == (304, "")
    assert answer["headers"]["ETag"] == shop.tag
    assert answer["headers"]["Cache-Control"] == "public, max-age=60"
    assert answer["headers"]["Vary"] == "Accept-Encoding"
    assert "Content-Type" not in answer["headers"]
    assert "Access-Control-Allow-Origin" in answer["headers"]


def test_strong_form_of_the_tag_is_the_same() -> None:
    shop = Shop()
    assert shop.ask(tag=shop.tag.removeprefix("W/"))["statusCode"] == 304


@pytest.mark.parametrize("tag", ['W/"stale"', '"', "", "no tag", '*, "a"'])
def test_whoever_has_another_one_gets_the_answer(tag: str) -> None:
    assert Shop().ask(tag=tag)["statusCode"] == 200


def test_change_is_seen() -> None:
    shop = Shop()
    tag = shop.tag
    shop.item = {"name": "Kettle"}

    assert shop.ask(tag=tag)["statusCode"] == 200


def test_refusal_has_no_tag_and_is_never_304() -> None:
    shop = Shop()
    tag = shop.tag
    shop.item = None
    for sent in (tag, "*"):
        answer = shop.ask(tag=sent)
        assert (answer["statusCode"], answer["headers"].get("ETag")) == (404, None)


def test_answer_that_a_gateway_keeps_for_all_is_never_304() -> None:
    shop = Shop(cached_by_gateway=True)

    assert shop.ask(tag=shop.tag)["statusCode"] == 200


def test_what_is_not_public_has_none_of_it() -> None:
    shop = Shop()

    assert "ETag" not in shop.ask(resource="/private")["headers"]
    assert shop.ask(tag="*", resource="/private")["statusCode"] == 200
    assert shop.routes == ["GET /items", "HEAD /items", "GET /private"]


@pytest.mark.parametrize("tag", [None, "*"])
def test_head_gets_what_get_does_without_the_body(tag: str | None) -> None:
    shop = Shop()
    got, head = shop.ask(tag=tag), shop.ask("HEAD", tag)

    assert head["body"] == ""
    assert (head["statusCode"], head["headers"]) == (got["statusCode"], got["headers"])


def test_head_is_refused_as_get_is() -> None:
    shop = Shop()
    shop.item = None
    got, head = shop.ask(), shop.ask("HEAD")

    assert head["body"] == ""
    assert (head["statusCode"], head["headers"]) == (404, got["headers"])


@given(st.text(), st.text())
def test_no_other_answer_passes_for_the_present_one(present: str, sent: str) -> None:
    tag = revalidated(Answer(200, {}, sent), {}, cached_by_gateway=False).headers["ETag"]
    answer = revalidated(Answer(200, {}, present), {"headers": {"If-None-Match": tag}}, cached_by_gateway=False)

    assert answer.status == (304 if present == sent else 200)


@given(st.text(st.characters(codec="latin-1")))
def test_no_condition_breaks_a_read(condition: str) -> None:
    event = {"headers": {"If-None-Match": condition}}

    assert revalidated(Answer(200, {}, "{}"), event, cached_by_gateway=False).status in {200, 304}
