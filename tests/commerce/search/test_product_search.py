"""GET /search and GET /search/suggestions, over an index in a folder."""

import json
from pathlib import Path
from typing import Any

import pytest

from commerce.search import wiring
from commerce.search.adapters.search_engines import finder_at
from commerce.search.adapters.tantivy.product_index import TantivyProductIndex
from commerce.search.domain.following import entry_of
from commerce.search.domain.searching import Search
from commerce.search.handlers.product_search import handler
from shared.http.cursors import Cursors
from shared.resilience.circuit import CircuitBreaker
from tests.commerce.calls import call
from tests.commerce.catalogue.test_products import TEAPOT
from tests.commerce.examples import a_product as a_teapot
from tests.commerce.search.examples import a_product
from tests.shared.figures.fake_figures import FakeFigures
from tests.shared.gateway_events import rest_event
from tests.shared.http_answers import headers_of
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def index(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> TantivyProductIndex:
    """The index that the handlers search: a teapot, and scarves in five colours."""
    index = TantivyProductIndex(tmp_path)
    colours = ("red", "blue", "green", "white", "black")
    scarves = [
        a_product(colour, f"{colour.capitalize()} scarf", amount=1_000 + 100 * number, minutes=number)
        for number, colour in enumerate(colours)
    ]
    index.apply([entry_of(product) for product in (a_teapot(), *scarves)])
    search_with(f"file://{tmp_path}", monkeypatch)
    return index


@pytest.fixture(autouse=True)
def figures(monkeypatch: pytest.MonkeyPatch) -> FakeFigures:
    figures = FakeFigures()
    monkeypatch.setattr(wiring, "figures", lambda: figures)
    return figures


def search_with(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    search = Search(finder_at(url), CircuitBreaker(failures=3, open_seconds=60))
    monkeypatch.setattr(wiring, "search", lambda: search)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))
    monkeypatch.setattr(wiring, "images_url", lambda: "https://images.example.org")


def searched(**query: str) -> tuple[int, Any]:
    return call(handler, "GET /search", query=query)


def found(**query: str) -> list[str]:
    status, answer = searched(**query)
    assert status == 200, answer
    return [item["productId"] for item in answer["items"]]


def suggested(**query: str) -> tuple[int, Any]:
    return call(handler, "GET /search/suggestions", query=query)


@pytest.mark.usefixtures("index")
class TestSearch:
    def test_products_are_found_with_what_was_found_in_them_and_facets(self) -> None:
        highlight = {
            "name": "Enamel <em>teapot</em>",
            "description": "A blue enamel <em>teapot</em>, hardly used.",
        }
        assert searched(q="taepot") == (
            200,
            {
                "items": [TEAPOT | {"highlight": highlight}],
                "match": "similar",
                "facets": {
                    "category": [{"value": "Homeware", "count": 1}],
                    "kind": [{"value": "goods", "count": 1}],
                    "tag": [{"value": "kitchen", "count": 1}, {"value": "vintage", "count": 1}],
                    "price": [{"value": "500-999", "count": 1}],
                },
                "total": 1,
                "nextCursor": None,
            },
        )

    def test_answers_may_be_cached_for_a_moment(self) -> None:
        answer = handler(rest_event(resource="/search"), CONTEXT)
        assert headers_of(answer)["Cache-Control"] == "public, max-age=10"

    def test_everything_is_found_without_words_the_newest_first(self) -> None:
        assert found()[:3] == ["black", "white", "green"]
        assert len(found()) == 6

    def test_filters_and_sorts_go_together_as_customers_like(self) -> None:
        assert found(q="scarf", minPrice="1100", maxPrice="1300", sort="-price") == ["white", "green", "blue"]
        assert found(category="Homeware", sort="relevance") == ["teapot"]
        assert found(minPrice="1400", sort="newest") == ["black"]

    def test_several_categories_and_tags_may_be_given(self) -> None:
        def found_with(**values: list[str]) -> list[str]:
            answer = handler(rest_event(None, values, resource="/search"), CONTEXT)
            assert answer["statusCode"] == 200, answer["body"]
            return [item["productId"] for item in json.loads(answer["body"])["items"]]

        assert len(found_with(category=["Homeware", "clothing"])) == 6
        assert found_with(category=["Homeware", "nothing"]) == ["teapot"]
        assert found_with(tag=["vintage"], category=["Homeware", "clothing"]) == ["teapot"]
        assert found_with(tag=["vintage", "new"]) == []

    def test_more_values_than_anybody_needs_are_refused(self) -> None:
        answer = handler(rest_event(None, {"tag": [f"t{n}" for n in range(21)]}, resource="/search"), CONTEXT)

        assert answer["statusCode"] == 400
        assert "at most 20 times" in answer["body"]

    def test_stock_and_kind_narrow_and_sorts_by_name_and_availability(self, index: TantivyProductIndex) -> None:
        index.apply([entry_of(a_product("red", "Red scarf", stock=0, version=2, minutes=99))])

        assert found(inStock="true", q="scarf", sort="name") == ["black", "blue", "green", "white"]
        assert found(inStock="false", q="scarf", sort="-name")[:2] == ["white", "red"]
        assert found(sort="availability")[-1] == found(q="scarf")[-1] == "red"
        assert found(kind="donation") == []

    def test_nothing_found_is_an_answer(self) -> None:
        status, answer = searched(q="zzzzzz")
        assert (status, answer["items"], answer["total"], answer["nextCursor"]) == (200, [], 0, None)

    @pytest.mark.parametrize("sort", ["relevance", "newest", "price", "-price"])
    def test_pages_follow_one_another(self, sort: str) -> None:
        whole = found(q="scarf", sort=sort)
        walked: list[str] = []
        cursor: dict[str, str] = {}
        while True:
            status, answer = searched(q="scarf", sort=sort, limit="2", **cursor)
            assert (status, answer["total"]) == (200, 5)
            walked += [item["productId"] for item in answer["items"]]
            if answer["nextCursor"] is None:
                break
            cursor = {"cursor": answer["nextCursor"]}
        assert walked == whole

    def test_a_cursor_belongs_to_its_search(self) -> None:
        _, answer = searched(q="scarf", limit="2")
        cursor = answer["nextCursor"]

        assert searched(q="scarf", limit="3", cursor=cursor)[0] == 200
        for other in (
            {"q": "scarve"},
            {"q": "scarf", "sort": "price"},
            {"q": "scarf", "category": "clothing"},
            {"q": "scarf", "minPrice": "1"},
            {"q": "scarf", "kind": "goods"},
            {"q": "scarf", "tag": "winter"},
            {"q": "scarf", "inStock": "true"},
            {},
        ):
            assert searched(cursor=cursor, **other)[0] == 400
        changed = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
        assert searched(q="scarf", cursor=changed)[0] == 400

    @pytest.mark.parametrize(
        ("query", "status", "field"),
        [
            ({"q": "  "}, 400, "q"),
            ({"q": "x" * 201}, 400, "q"),
            ({"q": "x" * 100_000}, 400, "q"),
            ({"category": ""}, 400, "category"),
            ({"minPrice": "-1"}, 400, "minPrice"),
            ({"minPrice": "1.5"}, 400, "minPrice"),
            ({"maxPrice": "NaN"}, 400, "maxPrice"),
            ({"maxPrice": "1" * 40}, 400, "maxPrice"),
            ({"minPrice": "2", "maxPrice": "1"}, 422, "minPrice"),
            ({"sort": "best"}, 422, "sort"),
            ({"kind": "rental"}, 422, "kind"),
            ({"inStock": "maybe"}, 422, "inStock"),
            ({"tag": ""}, 400, "tag"),
            ({"tag": "x" * 129}, 400, "tag"),
            ({"limit": "0"}, 400, "limit"),
            ({"limit": "101"}, 400, "limit"),
            ({"cursor": "nonsense"}, 400, "cursor"),
        ],
    )
    def test_bad_searches_are_refused(self, query: dict[str, str], status: int, field: str) -> None:
        answered, problem = searched(**query)

        assert answered == status, problem
        assert [error["field"] for error in problem["errors"]] == [field]

    @pytest.mark.parametrize("q", ["\ud800", "x" * 200, "\u202escarf", "a:b AND (", "scarf\x00", "<script>"])
    def test_strange_words_are_but_words(self, q: str) -> None:
        assert searched(q=q)[0] == 200
        assert suggested(q=q)[0] == 200

    def test_suggestions_go_on_with_what_was_typed(self) -> None:
        assert suggested(q="tea") == (
            200,
            {
                "items": [
                    {"text": "teapot", "kind": "words", "productId": None},
                    {"text": "Enamel teapot", "kind": "product", "productId": "teapot"},
                ]
            },
        )
        assert suggested(q="clo")[1]["items"] == [{"text": "clothing", "kind": "category", "productId": None}]
        assert suggested(q="sca", limit="2")[1]["items"][0]["text"] == "scarf"
        assert suggested(q="zz") == (200, {"items": []})

    @pytest.mark.parametrize("query", [{}, {"q": ""}, {"q": "x" * 201}, {"q": "a", "limit": "21"}])
    def test_bad_questions_for_suggestions_are_refused(self, query: dict[str, str]) -> None:
        assert suggested(**query)[0] == 400

    def test_change_is_found_at_once(self, index: TantivyProductIndex) -> None:
        index.apply([entry_of(a_product("red", "Crimson scarf", version=2))])

        assert found(q="crimson") == ["red"]
        assert found(q="red") == []


@pytest.mark.parametrize("url", ["none:", "file:///nowhere/at/all"])
def test_search_that_is_down_says_that_browsing_works(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    search_with(url, monkeypatch)

    for resource in ["/search", "/search/suggestions"] * 3:
        answer = handler(rest_event(None, {"q": "scarf"}, resource=resource), CONTEXT)
        assert answer["statusCode"] == 503
        assert "GET /products" in answer["body"]
        assert int(headers_of(answer)["Retry-After"]) >= 1
        assert headers_of(answer)["Cache-Control"] == "no-store"


@pytest.mark.usefixtures("index")
def test_engine_that_keeps_failing_is_left_alone(tmp_path: Path) -> None:
    current = tmp_path / "current"
    current.rename(tmp_path / "elsewhere")
    assert [searched(q="scarf")[0] for _ in range(3)] == [503] * 3
    (tmp_path / "elsewhere").rename(current)

    assert searched(q="scarf")[0] == 503  # the engine was not called: it would have answered


def test_engine_of_an_unknown_kind_is_no_engine() -> None:
    with pytest.raises(ValueError, match="gopher"):
        finder_at("gopher://search")


@pytest.mark.usefixtures("index")
class TestFigures:
    def test_searches_are_counted_and_those_without_result(self, figures: FakeFigures) -> None:
        for words in ("teapot", "scarf", "zeppelin"):
            searched(q=words)

        assert list(figures.days.values()) == [{"searches": 3, "searchesWithoutResult": 1}]

    def test_further_pages_browsing_and_refused_queries_are_no_searches(self, figures: FakeFigures) -> None:
        _, first = searched(q="scarf", limit="2")
        searched(q="scarf", limit="2", cursor=first["nextCursor"])
        searched(category="Homeware")
        searched(q="scarf", sort="colour")

        assert list(figures.days.values()) == [{"searches": 1, "searchesWithoutResult": 0}]

    def test_search_is_answered_where_it_cannot_be_counted(self, figures: FakeFigures) -> None:
        figures.out_of_reach = True
        assert found(q="teapot") == ["teapot"]

    def test_search_that_is_not_answered_is_not_counted(
        self, figures: FakeFigures, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        search_with("none:", monkeypatch)
        assert searched(q="teapot")[0] == 503
        assert figures.days == {}
