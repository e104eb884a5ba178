"""What our adapter does with a real OpenSearch, apart from the contracts."""

import unicodedata
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import batched

import pytest

from commerce.search.adapters.opensearch.product_index import OpenSearchProductIndex
from commerce.search.adapters.opensearch.template import FOLDED
from commerce.search.domain.finding import Query
from commerce.search.domain.following import Entry, Overtaken, Refused, entry_of
from shared.errors import Unavailable
from shared.text.words import words
from tests.commerce.search.engines import find, keep
from tests.commerce.search.examples import a_product
from tests.commerce.search.opensearch.engine import Node, OpenSearchEngine
from tests.commerce.search.opensearch.relay import Relay

pytestmark = pytest.mark.opensearch


def entries(*product_ids: str) -> list[Entry]:
    return [entry_of(a_product(product_id)) for product_id in product_ids]


# --- Requests


def test_failure_that_passes_is_tried_again(engine: OpenSearchEngine, relay: Relay) -> None:
    relay.failures = [503]

    keep(engine, a_product())

    assert find(engine) == ["scarf"]


def test_characters_that_no_text_has_are_not_found(engine: OpenSearchEngine) -> None:
    keep(engine, a_product())

    assert engine.finder.find(Query(categories=("\ud800",))).hits == ()


def test_what_is_sent_again_as_its_answer_was_lost_is_done_once(
    engine: OpenSearchEngine, relay: Relay, node: Node
) -> None:
    relay.loses_answers = True

    keep(engine, a_product("old"), a_product("gone"))
    engine.index.replace(entries("new"))

    assert len(node.indices()) == 1
    assert find(engine) == ["new"]
    assert relay.requests[::2] == relay.requests[1::2]


def test_customers_ask_once_and_once_more_where_nothing_has_every_word(engine: OpenSearchEngine, relay: Relay) -> None:
    keep(engine, a_product())
    relay.requests.clear()

    find(engine, "scarf")
    find(engine, "sacrf")
    engine.finder.suggest("sc", 5)

    assert relay.requests == ["POST /products/_search"] * 4


def test_matches_and_facets_of_a_repeated_search_are_cached_until_something_changes(
    engine: OpenSearchEngine, node: Node
) -> None:
    def hits() -> int:
        stats = node.client.indices.stats(index="products-*", metric="request_cache")
        count: int = stats["_all"]["total"]["request_cache"]["hit_count"]
        return count

    keep(engine, a_product("a"))
    for _ in range(3):
        assert find(engine, "scarf") == ["a"]
    assert hits() == 2

    keep(engine, a_product("b"))

    assert sorted(find(engine, "scarf")) == ["a", "b"]
    assert hits() == 2


@pytest.mark.parametrize(
    "text", ["x" * 100_000, "e\u0301" * 50_000, "a'" * 50_000], ids=["word", "accents", "apostrophes"]
)
def test_word_without_an_end_does_not_end_the_node(engine: OpenSearchEngine, text: str) -> None:
    """Java's patterns recurse for each repetition of a group, and a stack overflow ends an OpenSearch."""
    keep(engine, a_product(description=text))

    assert find(engine, "scarf") == ["scarf"]


# --- Documents that are not taken


@pytest.mark.parametrize(
    ("status", "error"),
    [(429, "rejected_execution_exception"), (503, "unavailable_shards_exception"), (500, "es_rejected")],
)
def test_document_that_could_be_taken_later_comes_again(
    engine: OpenSearchEngine, relay: Relay, status: int, error: str
) -> None:
    keep(engine, a_product("first"))
    relay.refuses = {"b": (status, error)}

    with pytest.raises(Unavailable):
        engine.index.apply(entries("a", "b", "c"))
    keep(engine, *map(a_product, "abc"))

    assert sorted(find(engine)) == ["a", "b", "c", "first"]


@pytest.mark.parametrize("block", ["write", "read_only", "read_only_allow_delete"])
def test_full_domain_takes_changes_later(engine: OpenSearchEngine, node: Node, block: str) -> None:
    """It blocks indices when its disks are nearly full."""
    keep(engine, a_product())
    node.client.indices.put_settings(index="products-0", body={"index.blocks": {block: True}})

    with pytest.raises(Unavailable):
        engine.index.apply(entries("late"))

    node.client.indices.put_settings(index="products-0", body={"index.blocks": {block: None}})
    keep(engine, a_product("late"))
    assert sorted(find(engine)) == ["late", "scarf"]


def test_document_that_is_never_taken_is_reported_and_the_others_are_written(engine: OpenSearchEngine) -> None:
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
    engine: OpenSearchEngine, relay: Relay, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep(engine, a_product())
    monkeypatch.setattr("commerce.search.adapters.opensearch.product_index._MAX_BYTES", 4_000)
    relay.requests.clear()

    keep(engine, *(a_product(f"p{number}", description="x" * 1_000) for number in range(5)))

    assert len(find(engine)) == 6
    assert relay.requests.count("POST /products/_bulk") == 3  # of two, two and one


# --- Indices and the alias


@pytest.mark.usefixtures("engine")
def test_node_has_nothing_at_first(node: Node) -> None:
    assert node.indices() == {}


def test_search_without_an_index_is_unavailable(engine: OpenSearchEngine) -> None:
    with pytest.raises(Unavailable, match="no search index"):
        engine.finder.find(Query())

    assert engine.index.versions(["a"]) == {}
    assert list(engine.index.product_ids()) == []


@pytest.mark.parametrize("change", [{"kind": "rental"}, {"images": 5}, {"currency": "£"}], ids=str)
def test_product_as_another_release_has_kept_it_is_an_index_to_be_rebuilt(
    engine: OpenSearchEngine, node: Node, change: dict[str, object]
) -> None:
    keep(engine, a_product("teapot", "Teapot"))
    kept = node.client.get(index="products-0", id="teapot")["_source"]
    node.client.index(index="products-0", id="teapot", body=kept | change, params={"refresh": "true"})

    with pytest.raises(Unavailable, match="rebuilt"):
        engine.finder.find(Query())


def test_first_change_makes_the_first_index(engine: OpenSearchEngine, node: Node) -> None:
    keep(engine, a_product())

    assert {name: set(index["aliases"]) for name, index in node.indices().items()} == {"products-0": {"products"}}


def test_two_that_make_the_first_index_make_one(engine: OpenSearchEngine, node: Node) -> None:
    keep(engine, a_product("a"))
    node.client.indices.delete_alias(index="products-0", name="products")

    with pytest.raises(Unavailable):  # nobody has given the alias back: it comes again
        engine.index.apply(entries("b"))

    assert list(node.indices()) == ["products-0"]


def test_index_is_named_after_its_time_and_takes_the_place_of_others(
    engine: OpenSearchEngine, relay: Relay, node: Node
) -> None:
    keep(engine, a_product("old"))
    node.client.indices.create(index="products-20260101t000000000000")  # left behind by a rebuild that died
    index = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 3, 4, 5, 6, 789, UTC))

    index.replace(entries("new"))

    assert list(node.indices()) == ["products-20260203t040506000789"]
    assert relay.requests.count("POST /_aliases") == 1
    assert find(engine) == ["new"]


def test_rebuild_that_was_taken_for_dead_leaves_the_later_one_alone(engine: OpenSearchEngine, node: Node) -> None:
    slow = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 3, tzinfo=UTC))
    later = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 4, tzinfo=UTC))
    later.replace(entries("later"))

    with pytest.raises(Overtaken):
        slow.replace(entries("slow"))

    assert list(node.indices()) == ["products-20260204t000000000000"]
    assert find(engine) == ["later"]


def test_rebuild_whose_index_a_later_one_has_deleted_ends(engine: OpenSearchEngine) -> None:
    slow = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 3, tzinfo=UTC))
    later = OpenSearchProductIndex(engine.client, lambda: datetime(2026, 2, 4, tzinfo=UTC))

    def during_which_the_later_one_ends() -> Iterator[Entry]:
        later.replace(entries("later"))
        yield from entries("slow")

    with pytest.raises(Overtaken):
        slow.replace(during_which_the_later_one_ends())

    assert find(engine) == ["later"]


def test_new_index_is_refreshed_like_any_other(engine: OpenSearchEngine, node: Node) -> None:
    engine.index.replace([])

    [index] = node.indices().values()
    assert index["settings"]["index"]["refresh_interval"] == "1s"


def test_rebuild_that_fails_leaves_no_index_behind(engine: OpenSearchEngine, relay: Relay, node: Node) -> None:
    keep(engine, a_product("old"))
    relay.refuses = {"new": (503, "unavailable_shards_exception")}

    with pytest.raises(Unavailable):
        engine.index.replace(entries("new"))

    assert list(node.indices()) == ["products-0"]
    assert find(engine) == ["old"]


# --- Analysis


def test_index_of_another_release_is_outdated_until_it_is_replaced(engine: OpenSearchEngine, node: Node) -> None:
    assert not engine.index.is_outdated()
    keep(engine, a_product())
    node.client.indices.put_mapping(index="products", body={"_meta": {"analysis": 1}})
    assert engine.index.is_outdated()

    engine.index.replace(entries("scarf"))

    assert not engine.index.is_outdated()


@pytest.mark.parametrize("place", ["ab{}cd", "{}ab", "ab{} cd", "ab’{}"])
def test_every_character_is_analyzed_as_the_shop_does(engine: OpenSearchEngine, node: Node, place: str) -> None:
    """In texts as they are sent: in NFC. Java may know fewer characters than Python, but those of Unicode 3.2."""
    keep(engine, a_product())
    assigned = unicodedata.ucd_3_2_0
    characters = (
        chr(code) for code in (*range(1, 0x80), *FOLDED) if assigned.category(chr(code)) not in {"Cn", "Co", "Cs"}
    )
    texts = [unicodedata.normalize("NFC", place.format(character)) for character in characters]
    differing = []
    for batch in batched(texts, 2_000, strict=False):
        divided = " | ".join(text.replace("|", "/") for text in batch)
        body = {"analyzer": "spelled", "text": divided.replace("|", SEPARATOR)}
        tokens = [token["token"][1:] for token in node.client.indices.analyze(index="products", body=body)["tokens"]]
        analyzed = " ".join(tokens).split(f" {SEPARATOR} ")
        expected = [" ".join(words(text)) for text in divided.split(" | ")]
        assert len(analyzed) == len(expected)
        differing += [(one, other) for one, other in zip(analyzed, expected, strict=True) if one != other]

    assert differing == []


SEPARATOR = "separator"
