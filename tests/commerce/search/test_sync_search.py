"""The function that the stream of products starts."""

import json
from typing import Any

import pytest
from aws_lambda_powertools.utilities.batch.types import PartialItemFailureResponse

from commerce import settings
from commerce.catalogue.domain.products import Status
from commerce.search import wiring
from commerce.search.adapters.dead_letters import SqsDeadLetters
from commerce.search.domain.syncing import Poison
from commerce.search.handlers.sync_search import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.settings import MissingSettings
from tests.commerce.examples import a_product
from tests.commerce.search.fake_index import FakeDeadLetters, FakeIndex
from tests.commerce.search.records import record, tombstone
from tests.shared.aws.aws_server import AwsServer, answers
from tests.shared.events.streamed import failures
from tests.shared.lambda_context import CONTEXT

SAMPLE = ROOT / "events/commerce/sync_search.json"


@pytest.fixture(autouse=True)
def index(monkeypatch: pytest.MonkeyPatch) -> FakeIndex:
    index = FakeIndex()
    monkeypatch.setattr(wiring, "index", lambda: index)
    return index


@pytest.fixture(autouse=True)
def dead_letters(monkeypatch: pytest.MonkeyPatch) -> FakeDeadLetters:
    dead_letters = FakeDeadLetters()
    monkeypatch.setattr(wiring, "dead_letters", lambda: dead_letters)
    return dead_letters


def sync(*records: dict[str, Any]) -> PartialItemFailureResponse:
    return handler({"Records": list(records)}, CONTEXT)


def test_sample_changes_one_product_and_takes_one_away(index: FakeIndex) -> None:
    assert handler(json.loads(SAMPLE.read_text()), CONTEXT) == failures()

    assert index.found() == {"teapot"}
    assert index.entries["biscuits"] == tombstone("biscuits", 2)


def test_archived_product_is_not_found_any_more(index: FakeIndex) -> None:
    sync(record(a_product()))
    sync(record(a_product(status=Status.ARCHIVED, version=2), old=a_product()))

    assert index.entries == {"teapot": tombstone("teapot", 2)}


def test_batch_fails_from_its_first_record_where_the_engine_is_down(index: FakeIndex) -> None:
    index.failures = [1]

    assert sync(record(a_product("a"), "7"), record(a_product("b"), "8")) == failures("7")
    assert sync(record(a_product("a"), "7"), record(a_product("b"), "8")) == failures()
    assert index.found() == {"a", "b"}


def test_poison_does_not_block_its_shard(index: FakeIndex, dead_letters: FakeDeadLetters) -> None:
    poison = record(a_product("a"), "7")
    del poison["dynamodb"]["NewImage"]["version"]

    assert sync(poison, record(a_product("b"), "8")) == failures()

    assert index.found() == {"b"}
    assert dead_letters.kept == [Poison("7", "a", "cannot be read: KeyError")]


def test_settings_that_are_missing_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DEAD_LETTERS_QUEUE_URL", raising=False)

    with pytest.raises(MissingSettings, match="DEAD_LETTERS_QUEUE_URL"):
        settings.DeadLetters()


# --- The queue


def test_messages_say_where_a_change_is_and_not_what(aws: AwsServer) -> None:
    SqsDeadLetters("https://queue").keep([Poison("7", "a", "cannot be read: KeyError")])

    [request] = aws.requests
    assert (request.operation, request.json["QueueUrl"]) == ("SendMessage", "https://queue")
    assert json.loads(request.json["MessageBody"]) == {
        "position": "7",
        "productId": "a",
        "reason": "cannot be read: KeyError",
    }


def test_queue_that_is_out_of_reach_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes = [answers(), *[answers(status=503)] * 3]

    with pytest.raises(Unavailable):
        SqsDeadLetters("https://queue").keep([Poison("7", None, "?"), Poison("8", None, "?")])
