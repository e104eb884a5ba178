"""What our client does if something is wrong before the domain itself is reached."""

import json
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from commerce.search.adapters.opensearch.client import RequestRefused, client_at
from commerce.search.adapters.opensearch.meaning import tolerantly
from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder
from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex
from commerce.search.domain.finding import Query
from commerce.search.domain.following import entry_of
from commerce.search.domain.reading import read
from shared.errors import Unavailable
from tests.commerce.search.examples import a_product
from tests.commerce.search.opensearch.relay import Relay, running_relay

NOWHERE = "http://127.0.0.1:9"
ENTRIES = [entry_of(a_product())]


@pytest.fixture
def relay(credentials: None) -> Iterator[Relay]:  # noqa: ARG001  it checks the signatures
    with running_relay(NOWHERE) as relay:
        yield relay


def finder(relay: Relay, read_seconds: float = 5.0) -> OpenSearchProductFinder:
    return OpenSearchProductFinder(client_at(relay.url, read_seconds))


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_failure_is_tried_again_once(relay: Relay, status: int) -> None:
    relay.failures = [status, 400]

    with pytest.raises(RequestRefused, match="400"):
        finder(relay).find(Query())

    assert relay.requests == ["POST /products/_search"] * 2


@pytest.mark.parametrize(
    "call",
    [
        lambda client: OpenSearchProductIndex(client).apply(ENTRIES),
        lambda client: OpenSearchProductIndex(client).versions(["a"]),
        lambda client: list(OpenSearchProductIndex(client).product_ids()),
        lambda client: OpenSearchProductIndex(client).replace(ENTRIES),
        lambda client: OpenSearchProductFinder(client).find(Query()),
        lambda client: OpenSearchProductFinder(client).suggest("sc", 5),
    ],
    ids=["apply", "versions", "product_ids", "replace", "find", "suggest"],
)
def test_domain_that_stays_down_is_unavailable(relay: Relay, call: Callable[[Any], object]) -> None:
    relay.failures = [503] * 100

    with pytest.raises(Unavailable):
        call(client_at(relay.url, 5.0))


@pytest.mark.parametrize("says", [b"<html>Please wait</html>", b""])
def test_what_something_else_says_in_the_domains_name_is_no_answer(relay: Relay, says: bytes) -> None:
    relay.says = says

    with pytest.raises(Unavailable):
        finder(relay).find(Query())


def test_customers_do_not_wait_for_a_domain_that_does_not_answer(relay: Relay) -> None:
    relay.says, relay.stalls_seconds = b"{}", 0.3

    with pytest.raises(Unavailable):
        finder(relay, read_seconds=0.05).find(Query())


def test_domain_that_is_not_there_is_unavailable(credentials: None) -> None:  # noqa: ARG001  it signs before it connects
    with pytest.raises(Unavailable):
        OpenSearchProductFinder(client_at(NOWHERE, read_seconds=1.0)).find(Query())


def test_request_that_is_not_allowed_is_a_mistake_that_shows(relay: Relay) -> None:
    relay.failures = [403]

    with pytest.raises(RequestRefused):
        finder(relay).find(Query())


def test_unsigned_request_does_not_pass(relay: Relay) -> None:
    assert relay.answer("POST", "/products/_search", {"host": relay.url}, b"{}")[0] == 403


def test_query_holds_what_was_typed_as_values_only() -> None:
    """No language but JSON: nothing of what was typed is a name in the query, nor part of a longer text."""
    typed = "zebra"
    reading = read(typed)
    assert reading is not None
    query = json.dumps(tolerantly(reading))

    assert "query_string" not in query
    assert {each for each in query.split('"') if typed in each} == {typed, f"z{typed}"}
