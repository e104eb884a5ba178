"""The contracts of a search engine, kept by OpenSearch's adapter before a stand-in; and what only a server can do."""

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import boto3
import pytest

from commerce.search.adapters.opensearch.client import RequestRefused, client_at
from commerce.search.adapters.opensearch.meaning import tolerantly
from commerce.search.adapters.opensearch.product_finder import OpenSearchProductFinder
from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex
from commerce.search.domain.finding import Query
from commerce.search.domain.following import Entry, Refused, entry_of
from shared.errors import Unavailable
from tests.commerce.search.contracts.interleavings import InterleavingContract
from tests.commerce.search.contracts.product_finder import ProductFinderContract
from tests.commerce.search.contracts.product_index import ProductIndexContract
from tests.commerce.search.contracts.syncing import SyncingContract
from tests.commerce.search.engines import find, keep
from tests.commerce.search.examples import a_product
from tests.commerce.search.opensearch.stand_in import ENVIRONMENT, StandIn, running_stand_in


class OpenSearchEngine:
    """What is applied is found when the index is refreshed."""

    def __init__(self, stand_in: StandIn) -> None:
        self.client = client_at(stand_in.url, read_seconds=5.0)
        self.finder = OpenSearchProductFinder(self.client)
        self.index = OpenSearchProductIndex(self.client)
        self._stand_in = stand_in

    def settle(self) -> None:
        self._stand_in.domain.refresh()


@pytest.fixture(scope="module")
def running() -> Iterator[StandIn]:
    with running_stand_in() as stand_in:
        yield stand_in


@pytest.fixture
def stand_in(running: StandIn, monkeypatch: pytest.MonkeyPatch) -> StandIn:
    use_its_credentials(monkeypatch)
    running.forget()
    return running


@pytest.fixture
def engine(stand_in: StandIn) -> Iterator[OpenSearchEngine]:
    engine = OpenSearchEngine(stand_in)
    yield engine
    engine.client.close()


@pytest.fixture(scope="module")
def long_lived() -> Iterator[OpenSearchEngine]:
    with pytest.MonkeyPatch.context() as monkeypatch, running_stand_in() as stand_in:
        use_its_credentials(monkeypatch)
        engine = OpenSearchEngine(stand_in)
        yield engine
        engine.client.close()


def use_its_credentials(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(boto3, "DEFAULT_SESSION", None)  # which keeps what it has found once
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)


class TestOpenSearchProductFinder(ProductFinderContract): ...


class TestOpenSearchProductIndex(ProductIndexContract): ...


class TestOpenSearchInterleavings(InterleavingContract): ...


class TestOpenSearchSyncing(SyncingContract): ...


def entries(*product_ids: str) -> list[Entry]:
    return [entry_of(a_product(product_id)) for product_id in product_ids]


def indices(stand_in: StandIn) -> list[str]:
    return sorted(stand_in.domain.indices)


# --- Where the domain fails


@pytest.mark.parametrize("status", [429, 500, 502, 503])
def test_failure_that_passes_is_tried_again(engine: OpenSearchEngine, stand_in: StandIn, status: int) -> None:
    stand_in.failures = [status]

    keep(engine, a_product())

    assert find(engine) == ["scarf"]


@pytest.mark.parametrize(
    "call",
    [
        lambda engine: engine.index.apply(entries("a")),
        lambda engine: engine.index.versions(["a"]),
        lambda engine: list(engine.index.product_ids()),
        lambda engine: engine.index.replace(entries("a")),
        lambda engine: engine.finder.find(Query()),
        lambda engine: engine.finder.suggest("sc", 5),
    ],
    ids=["apply", "versions", "product_ids", "replace", "find", "suggest"],
)
def test_domain_that_stays_down_is_unavailable(
    engine: OpenSearchEngine, stand_in: StandIn, call: Callable[[OpenSearchEngine], object]
) -> None:
    keep(engine, a_product())
    stand_in.failures = [503] * 100

    with pytest.raises(Unavailable):
        call(engine)


@pytest.mark.parametrize("says", [b"<html>Please wait</html>", b""])
def test_what_something_else_says_in_the_domains_name_is_no_answer(
    engine: OpenSearchEngine, stand_in: StandIn, says: bytes
) -> None:
    keep(engine, a_product())
    stand_in.says = says

    with pytest.raises(Unavailable):
        engine.finder.find(Query())


def test_customers_do_not_wait_for_a_domain_that_does_not_answer(stand_in: StandIn) -> None:
    impatient = OpenSearchProductFinder(client_at(stand_in.url, read_seconds=0.05))
    stand_in.stalls_seconds = 0.3

    with pytest.raises(Unavailable):
        impatient.find(Query())


@pytest.mark.usefixtures("stand_in")
def test_domain_that_is_not_there_is_unavailable() -> None:
    nowhere = client_at("http://127.0.0.1:9", read_seconds=1.0)

    with pytest.raises(Unavailable):
        OpenSearchProductFinder(nowhere).find(Query())


def test_characters_that_no_text_has_are_not_found(engine: OpenSearchEngine) -> None:
    keep(engine, a_product())

    assert engine.finder.find(Query(category="\ud800")).hits == ()


def test_what_is_sent_again_as_its_answer_was_lost_is_done_once(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    stand_in.loses_answers = True

    keep(engine, a_product("old"), a_product("gone"))
    engine.index.replace(entries("new"))

    assert len(indices(stand_in)) == 1
    assert find(engine) == ["new"]
    assert stand_in.requests[::2] == stand_in.requests[1::2]


def test_request_that_is_not_allowed_is_a_mistake_that_shows(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    keep(engine, a_product())
    stand_in.failures = [403]

    with pytest.raises(RequestRefused):
        engine.finder.find(Query())


def test_unsigned_request_is_refused(stand_in: StandIn) -> None:
    assert stand_in.answer("POST", "/products/_search", {"host": stand_in.url}, b"{}")[0] == 403


@pytest.mark.parametrize("change", ["query", "sort", "highlight", "unheard_of"])
def test_stand_in_refuses_what_it_does_not_know(engine: OpenSearchEngine, change: str) -> None:
    keep(engine, a_product())
    search = {"query": {"match_all": {}}, "sort": [], "size": 1, "track_total_hits": True, change: {"query_string": {}}}

    with pytest.raises(RequestRefused, match="parsing_exception"):
        engine.client.search(index="products", body=search)


# --- Documents that are not taken


@pytest.mark.parametrize(
    ("status", "error"),
    [
        (429, "rejected_execution_exception"),
        (503, "unavailable_shards_exception"),
        (500, "es_rejected"),
        (403, "cluster_block_exception"),
    ],
)
def test_document_that_could_be_taken_later_comes_again(
    engine: OpenSearchEngine, stand_in: StandIn, status: int, error: str
) -> None:
    keep(engine, a_product("first"))
    stand_in.domain.disturbed = {"b": (status, error)}

    with pytest.raises(Unavailable):
        engine.index.apply(entries("a", "b", "c"))
    engine.index.apply(entries("a", "b", "c"))
    engine.settle()

    assert sorted(find(engine)) == ["a", "b", "c", "first"]


def test_document_that_is_never_taken_is_told_and_the_others_are_written(engine: OpenSearchEngine) -> None:
    # OpenSearch's numbers end where ours do not
    strange = entry_of(a_product("strange", amount=2**63))

    with pytest.raises(Refused) as refused:
        engine.index.apply([*entries("a"), strange, *entries("b")])
    engine.settle()

    assert refused.value.reasons == {"strange": "mapper_parsing_exception"}
    assert sorted(find(engine)) == ["a", "b"]


def test_replacing_tells_what_was_not_taken_and_leaves_it_out(engine: OpenSearchEngine) -> None:
    with pytest.raises(Refused):
        engine.index.replace([*entries("a"), entry_of(a_product("strange", amount=2**63))])
    engine.settle()

    assert find(engine) == ["a"]


def test_large_batch_is_sent_in_portions(
    engine: OpenSearchEngine, stand_in: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(engine, a_product())
    monkeypatch.setattr("commerce.search.adapters.opensearch.product_index._MAX_BYTES", 4_000)
    stand_in.requests.clear()

    keep(engine, *(a_product(f"p{number}", description="x" * 1_000) for number in range(5)))

    assert len(find(engine)) == 6
    assert stand_in.requests.count("POST /products/_bulk") == 3  # of two, two and one


# --- Indices and the alias


def test_customers_of_a_shop_without_an_index_are_told(engine: OpenSearchEngine) -> None:
    with pytest.raises(Unavailable, match="no search index"):
        engine.finder.find(Query())

    assert engine.index.versions(["a"]) == {}
    assert list(engine.index.product_ids()) == []


@pytest.mark.parametrize("change", [{"kind": "rental"}, {"images": 5}, {"currency": "£"}], ids=str)
def test_product_as_another_release_has_kept_it_is_an_index_to_be_rebuilt(
    engine: OpenSearchEngine, stand_in: StandIn, change: dict[str, object]
) -> None:
    keep(engine, a_product("teapot", "Teapot"))
    [(_, kept)] = stand_in.domain.indices["products-0"].documents.values()
    kept |= change

    with pytest.raises(Unavailable, match="rebuilt"):
        engine.finder.find(Query())


def test_first_change_makes_the_first_index(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    keep(engine, a_product())

    assert indices(stand_in) == ["products-0"]
    assert stand_in.domain.indices["products-0"].aliases == {"products"}


def test_two_that_make_the_first_index_make_one(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    keep(engine, a_product("a"))
    without = {"remove": {"index": "products-0", "alias": "products"}}
    engine.client.indices.update_aliases(body={"actions": [without]})

    with pytest.raises(Unavailable):  # nobody has given the alias back: it comes again
        engine.index.apply(entries("b"))

    assert indices(stand_in) == ["products-0"]


def test_index_is_named_after_its_time_and_takes_the_place_of_others(
    engine: OpenSearchEngine, stand_in: StandIn
) -> None:
    keep(engine, a_product("old"))
    engine.client.indices.create(index="products-20260101t000000000000", body={})  # left behind by a rebuild that died
    index = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 3, 4, 5, 6, 789, UTC))

    index.replace(entries("new"))

    assert indices(stand_in) == ["products-20260203t040506000789"]
    assert stand_in.requests.count("POST /_aliases") == 1
    assert find(engine) == ["new"]


def test_new_index_is_refreshed_like_any_other(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    engine.index.replace([])

    [index] = stand_in.domain.indices.values()
    assert index.settings["refresh_interval"] == "1s"


def test_rebuild_that_fails_leaves_no_index_behind(engine: OpenSearchEngine, stand_in: StandIn) -> None:
    keep(engine, a_product("old"))
    stand_in.domain.disturbed = {"new": (503, "unavailable_shards_exception")}

    with pytest.raises(Unavailable):
        engine.index.replace(entries("new"))

    assert indices(stand_in) == ["products-0"]
    assert find(engine) == ["old"]


def test_customers_ask_once_and_once_more_where_nothing_has_every_word(
    engine: OpenSearchEngine, stand_in: StandIn
) -> None:
    keep(engine, a_product())
    stand_in.requests.clear()

    find(engine, "scarf")
    find(engine, "sacrf")
    engine.finder.suggest("sc", 5)

    assert stand_in.requests == ["POST /products/_search"] * 4


def test_what_is_asked_holds_what_was_typed_as_values_only() -> None:
    """No language but JSON: nothing of what was typed is a name in the query, nor part of a longer text."""
    typed = "zebra"
    query = json.dumps(tolerantly([typed]))

    assert "query_string" not in query
    assert {each for each in query.split('"') if typed in each} == {typed, f"z{typed}"}
