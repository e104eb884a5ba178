"""The function with which operators rebuild the index, or compare it with the catalogue."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from samcli.yamlhelper import yaml_parse

from commerce.search import wiring
from commerce.search.adapters.search_engines import finder_at, index_at
from commerce.search.adapters.whole_catalogue import DynamoWholeCatalogue
from commerce.search.domain.finding import Query
from commerce.search.domain.single_run import KEPT, AlreadyRunning
from commerce.search.handlers.rebuild_search import handler
from local.workspace import ROOT
from shared.errors import PublicError, Unavailable
from tests.commerce.examples import a_product
from tests.commerce.search.examples import a_product as a_scarf
from tests.commerce.search.fake_index import FakeCatalogue, FakeIndex
from tests.commerce.search.fake_run_lock import FakeRunLock
from tests.commerce.search.opensearch.relay import ENVIRONMENT
from tests.commerce.search.records import entry, image, tombstone
from tests.shared.aws.aws_server import AwsServer, answers, running_aws_server
from tests.shared.dynamodb.clients import forget_clients
from tests.shared.lambda_context import CONTEXT

NOTHING_WRONG = {"checked": 1, "missing": 0, "stale": 0, "ghosts": 0, "repaired": 0, "unreadable": 0}


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    index = FakeIndex()
    monkeypatch.setattr(wiring, "index", lambda: index)
    return index


@pytest.fixture(autouse=True)
def catalogue(monkeypatch: pytest.MonkeyPatch) -> FakeCatalogue:
    catalogue = FakeCatalogue()
    catalogue.keep(entry("a", 2))
    monkeypatch.setattr(wiring, "whole_catalogue", lambda: catalogue)
    return catalogue


@pytest.fixture(autouse=True)
def run_lock(monkeypatch: pytest.MonkeyPatch) -> FakeRunLock:
    lock = FakeRunLock()
    monkeypatch.setattr(wiring, "run_lock", lambda: lock)
    return lock


@pytest.mark.parametrize("event", [{}, {"verify": False}])
def test_index_is_made_anew(index: FakeIndex, event: dict[str, Any]) -> None:
    index.entries = {"a": entry("a", 7)}

    assert handler(event, CONTEXT) == NOTHING_WRONG

    assert index.entries == {"a": entry("a", 2)}


def test_index_is_compared_and_repaired(index: FakeIndex) -> None:
    index.entries = {"ghost": entry("ghost")}

    assert handler({"verify": True}, CONTEXT) == NOTHING_WRONG | {"missing": 1, "ghosts": 1, "repaired": 2}
    assert handler({"verify": True}, CONTEXT) == NOTHING_WRONG
    assert index.entries == {"a": entry("a", 2), "ghost": tombstone("ghost", 2)}


def test_index_of_another_release_is_made_anew_rather_than_repaired(index: FakeIndex) -> None:
    index.entries, index.is_of_another_release = {"a": entry("a", 2), "b": tombstone("b", 1)}, True

    assert handler({"verify": True}, CONTEXT) == NOTHING_WRONG

    assert not index.is_outdated()
    assert index.entries == {"a": entry("a", 2), "b": tombstone("b", 1)}


@pytest.mark.parametrize("event", [{"verfy": True}, {"verify": "yes"}, {"verify": True, "x": 1}, None, []])
def test_mistyped_event_rebuilds_nothing(index: FakeIndex, event: Any) -> None:
    index.entries = {"a": entry("a", 7)}

    with pytest.raises(PublicError, match="verify"):
        handler(event, CONTEXT)

    assert index.entries == {"a": entry("a", 7)}


@pytest.mark.parametrize("second", [{}, {"verify": True}])
def test_one_runs_at_a_time(catalogue: FakeCatalogue, second: dict[str, Any]) -> None:
    refusals = []

    def begin_another() -> None:
        with pytest.raises(AlreadyRunning) as refused:
            handler(second, CONTEXT)
        refusals.append(refused.value)

    catalogue.during_scan = begin_another
    assert handler({}, CONTEXT) == NOTHING_WRONG
    assert refusals

    catalogue.during_scan = lambda: None
    assert handler(second, CONTEXT) == NOTHING_WRONG


def test_lock_outlives_the_function() -> None:
    resources = yaml_parse((ROOT / "commerce" / "search.yaml").read_text())["Resources"]

    assert KEPT.total_seconds() > resources["RebuildSearchFunction"]["Properties"]["Timeout"]


# --- The catalogue that it reads


@pytest.fixture
def dynamo(monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsServer]:
    with running_aws_server() as server:
        for name, value in {"DEFAULT_REGION": "us-west-2", "ACCESS_KEY_ID": "x", "SECRET_ACCESS_KEY": "x"}.items():
            monkeypatch.setenv(f"AWS_{name}", value)
        monkeypatch.setenv("AWS_ENDPOINT_URL", server.url)
        forget_clients()
        yield server
        forget_clients()


def test_every_product_of_the_table_has_its_entry_and_what_is_none_is_reported(dynamo: AwsServer) -> None:
    broken = image(a_product("broken")) | {"name": {"N": "5"}}
    dynamo.outcomes = [
        answers({"Items": items, "Count": len(items), "ScannedCount": len(items)})
        for items in ([image(a_product("a", version=2))], [broken], [], [])
    ]

    found = list(DynamoWholeCatalogue("products").entries())

    assert sorted(found, key=lambda each: each is None) == [entry("a", 2), None]


def test_products_are_looked_up_by_their_ids(dynamo: AwsServer) -> None:
    dynamo.outcomes = [answers({"Responses": {"products": [image(a_product("a"))]}})]

    assert DynamoWholeCatalogue("products").entries_of(["a", "b"]) == {"a": entry("a")}


# --- The engine that it writes


def test_url_names_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    url = f"file://{tmp_path / 'index'}"

    index_at(url).replace([entry("scarf")])

    assert [hit.product.product_id for hit in finder_at(url).find(Query()).hits] == ["scarf"]
    assert type(index_at("https://search.example.org")).__name__ == "OpenSearchProductIndex"
    assert type(finder_at("https://search.example.org")).__name__ == "OpenSearchProductFinder"
    assert type(finder_at("http://127.0.0.1:9200")).__name__ == "OpenSearchProductFinder"


@pytest.mark.parametrize("url", ["none:", "http://search.example.org", "http://127.0.0.1.org:80", "ftp://x", ""])
def test_nothing_follows_the_catalogue_where_there_is_no_engine(url: str) -> None:
    with pytest.raises(ValueError, match="no search engine"):
        index_at(url)


def test_shop_without_an_engine_says_so() -> None:
    with pytest.raises(Unavailable):
        finder_at("none:").find(Query(words=a_scarf().name))
