"""Searching the shop, on the running platform: products that admins write are found, and archived ones are not."""

import json
import secrets
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from tests.e2e.clients import Api, Platform, User, eventually, is_problem

pytestmark = pytest.mark.platform

type Json = dict[str, Any]


@pytest.fixture
def window(commerce: Callable[..., Api]) -> Api:
    """The shop, without signing in."""
    return commerce()


@pytest.fixture
def shop(commerce: Callable[..., Api], admin: User) -> Api:
    return commerce(admin)


@pytest.fixture
def word() -> str:
    """A word of twelve letters that no other product contains, not even with a typo or two."""
    return "q" + "".join(secrets.choice("bcdfghjklmnpqrtvwxz") for _ in range(11))


def add(shop: Api, name: str, **changes: Any) -> Json:
    product = {"name": name, "category": "Homeware", "price": {"amount": 250, "currency": "GBP"}, "stock": 2}
    answer = shop("POST", "/products", json=product | changes)
    assert answer.status_code == 201, answer.text
    added: Json = answer.json()
    return added


def search(window: Api, **query: Any) -> Json:
    answer = window.get("/search", params=query)
    assert answer.status_code == 200, answer.text
    found: Json = answer.json()
    return found


def found_ids(window: Api, **query: Any) -> list[str]:
    return [item["productId"] for item in search(window, **query)["items"]]


def is_found(window: Api, word: str, *product_ids: str) -> bool:
    """Whether exactly these are found; before the first product created the index, nothing is."""
    answer = window.get("/search", params={"q": word})
    return answer.ok and {item["productId"] for item in answer.json()["items"]} == set(product_ids)


def counts(facet: list[Json]) -> dict[str, int]:
    return {each["value"]: each["count"] for each in facet}


def test_products_are_found_narrowed_counted_and_sorted(shop: Api, window: Api, word: str) -> None:
    cheap = add(shop, f"Tin {word}")["productId"]
    dear = add(shop, f"Silver {word}", category="Treasures", price={"amount": 9_999, "currency": "GBP"})["productId"]
    eventually(lambda: is_found(window, word, cheap, dear))

    found = search(window, q=word, sort="price")
    assert found.keys() == {"items", "match", "facets", "total", "nextCursor"}
    assert [item["productId"] for item in found["items"]] == [cheap, dear]
    assert found["items"][0]["highlight"] == {"name": f"Tin <em>{word}</em>", "description": None}
    assert counts(found["facets"]["category"]) == {"Homeware": 1, "Treasures": 1}
    assert counts(found["facets"]["price"]) == {"0-499": 1, "5000-9999": 1}

    narrowed = search(window, q=word, category="Treasures")
    assert [item["productId"] for item in narrowed["items"]] == [dear]
    assert counts(narrowed["facets"]["category"]) == {"Homeware": 1, "Treasures": 1}
    assert counts(narrowed["facets"]["price"]) == {"5000-9999": 1}
    assert found_ids(window, q=word, maxPrice=250) == [cheap]
    assert found_ids(window, q=word, category=["Treasures", "Homeware"], sort="-name") == [cheap, dear]
    assert found_ids(window, q=word, kind="donation") == []


def test_tags_and_stock_narrow_and_what_is_sold_out_comes_last(shop: Api, window: Api, word: str) -> None:
    sold = add(shop, word, tags=["brass", "rare"], stock=0)["productId"]
    left = add(shop, f"Large {word}, in a box", tags=["brass"])["productId"]
    eventually(lambda: is_found(window, word, sold, left))

    assert found_ids(window, q=word) == [left, sold]
    assert found_ids(window, q=word, inStock="true") == [left]
    assert found_ids(window, q=word, tag=["brass", "rare"]) == [sold]
    assert counts(search(window, q=word, tag="brass")["facets"]["tag"]) == {"brass": 2, "rare": 1}


def test_other_words_for_the_same_thing_find_it_and_answers_say_what_was_loosened(
    shop: Api, window: Api, word: str
) -> None:
    product_id = add(shop, f"{word} wellington boots")["productId"]
    eventually(lambda: is_found(window, word, product_id))

    for typed, match in ((f"{word} wellies", "all"), (f"{word} welies", "similar"), (f"purple {word}", "some")):
        found = search(window, q=typed)
        assert ([item["productId"] for item in found["items"]], found["match"]) == ([product_id], match)
    assert found_ids(window, q=f"{word} sofa") == []


def test_a_typo_and_half_a_word_are_survived(shop: Api, window: Api, word: str) -> None:
    product_id = add(shop, f"Brass {word}")["productId"]
    eventually(lambda: is_found(window, word, product_id))

    assert found_ids(window, q=word[:4] + word[5:]) == [product_id]
    assert found_ids(window, q=word[:3] + word[4] + word[3] + word[5:]) == [product_id]
    assert found_ids(window, q=f"brass {word[:6]}") == [product_id]


def test_suggestions_go_on_with_what_was_typed(shop: Api, window: Api, word: str) -> None:
    product_id = add(shop, f"Brass {word}")["productId"]
    eventually(lambda: is_found(window, word, product_id))

    suggested = window.get("/search/suggestions", params={"q": word[:7]}).json()["items"]
    assert suggested == [
        {"text": word, "kind": "words", "productId": None},
        {"text": f"Brass {word}", "kind": "product", "productId": product_id},
    ]


def test_a_change_is_found_within_two_seconds_and_a_removal_stays(shop: Api, window: Api, word: str) -> None:
    product = add(shop, "A thing without a word")
    path, renamed = f"/products/{product['productId']}", f"Renamed {word}"
    warm = add(shop, f"Warming {word}")["productId"]
    eventually(lambda: is_found(window, word, warm))  # every function involved has started

    change = {key: product[key] for key in ("category", "price", "stock", "version")} | {"name": renamed}
    assert shop("PUT", path, json=change).status_code == 200
    answered = time.monotonic()
    while found_ids(window, q=f"renamed {word}") != [product["productId"]]:
        assert time.monotonic() - answered < 2, "the change is not found yet"

    assert shop("DELETE", path).status_code in {200, 204}
    eventually(lambda: is_found(window, word, warm))


def test_pages_follow_one_another(shop: Api, window: Api, word: str) -> None:
    pieces = [add(shop, f"Piece {number} of {word}")["productId"] for number in range(5)]
    eventually(lambda: is_found(window, word, *pieces))

    walked: list[str] = []
    cursor: Json = {}
    while True:
        page = search(window, q=word, limit=2, **cursor)
        walked += [item["productId"] for item in page["items"]]
        if page["nextCursor"] is None:
            break
        cursor = {"cursor": page["nextCursor"]}
        is_problem(window.get("/search", params={"q": "another"} | cursor), 400)
    assert walked == found_ids(window, q=word)


def test_bad_searches_are_refused(window: Api, commerce: Callable[..., Api]) -> None:
    for query in ({"q": "x" * 201}, {"minPrice": "cheap"}, {"limit": 101}, {"cursor": "mine"}):
        is_problem(window.get("/search", params=query), 400)
    is_problem(window.get("/search", params={"minPrice": 2, "maxPrice": 1}), 422)
    is_problem(window.get("/search/suggestions"), 400)
    is_problem(commerce(api_key=None).get("/search"), 403)


def test_whatever_is_typed_is_but_words(shop: Api, window: Api, word: str) -> None:
    product_id = add(shop, f"<script>alert('{word}')</script>")["productId"]
    eventually(lambda: is_found(window, word, product_id))

    (item,) = search(window, q=f'"{word}" \u202e AND (<script>\x00 alert*')["items"]
    assert item["highlight"]["name"] == (
        f"&lt;<em>script</em>&gt;<em>alert</em>(&#x27;<em>{word}</em>&#x27;)&lt;/<em>script</em>&gt;"
    )
    for words in (f"NOT {word}", f"-{word} OR", f"{word}' OR 1=1 --", "*", "?!", "\u202e"):
        assert window.get("/search", params={"q": words}).status_code == 200


@pytest.mark.alone
def test_while_the_search_is_down_browsing_works_and_the_search_says_so(
    platform: Platform, shop: Api, window: Api, word: str
) -> None:
    product = add(shop, f"Brass {word}")
    eventually(lambda: is_found(window, word, product["productId"]))
    before = len(failed_syncs(platform))

    with search_down(platform):
        for _ in range(6):
            answer = window.get("/search", params={"q": word})
            problem = is_problem(answer, 503)
            assert "GET /products" in problem["detail"]
            assert int(answer.headers["Retry-After"]) >= 1
        is_problem(window.get("/search/suggestions", params={"q": word}), 503)

        assert window.get(f"/products/{product['productId']}").json()["name"] == f"Brass {word}"
        assert window.get("/products").status_code == 200
        late = add(shop, f"Late {word}")
        eventually(lambda: len(failed_syncs(platform)) > before)

    eventually(lambda: is_found(window, word, product["productId"], late["productId"]))


def failed_syncs(platform: Platform) -> list[str]:
    """What the function that indexes changes has logged whenever it had to leave some for later."""
    lines = platform.logged("Logs", "changes applied", context="Commerce")
    return [line for line in lines if json.loads(line)["retried"]]


@contextmanager
def search_down(platform: Platform) -> Iterator[None]:
    """The folder of the index cannot be used, neither by readers nor by its writer."""
    folder = platform.state.resolve() / "search"
    elsewhere = folder.with_name("search-elsewhere")
    folder.rename(elsewhere)
    folder.touch()  # a file instead of a folder, so that the writer cannot create a new index there
    try:
        yield
    finally:
        folder.unlink()
        elsewhere.rename(folder)
