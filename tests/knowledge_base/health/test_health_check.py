import json
from functools import partial
from unittest.mock import Mock

import pytest

from knowledge_base.health import wiring
from knowledge_base.health.handlers.health_check import app
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.knowledge_base.customers.fakes import FakeRecords
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/router.json").read_text())

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def forgotten() -> None:
    """What an earlier test found."""
    wiring.current.cache_clear()


def test_what_works_is_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "probes", lambda: {"tables": lambda: None})

    answer = app(SAMPLE, CONTEXT)

    assert answer["statusCode"] == 200
    body = json.loads(answer["body"])
    [tables] = body.pop("dependencies")
    assert (body, tables["name"], tables["status"]) == ({"status": "up"}, "tables", "up")


def test_what_is_degraded_still_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> None:
        raise Unavailable("It is down.")

    monkeypatch.setattr(wiring, "probes", lambda: {"tables": fail})

    answer = app(SAMPLE, CONTEXT)

    assert answer["statusCode"] == 200
    body = json.loads(answer["body"])
    [tables] = body.pop("dependencies")
    assert (body, tables["name"], tables["status"]) == ({"status": "degraded"}, "tables", "down")


def test_anybody_may_call_it_and_costs_nothing_more(monkeypatch: pytest.MonkeyPatch) -> None:
    calls: list[int] = []
    monkeypatch.setattr(wiring, "probes", lambda: {"tables": lambda: calls.append(1)})

    answers = [app(SAMPLE, CONTEXT)["body"] for _ in range(5)]

    assert (len(set(answers)), calls) == (1, [1])


def test_a_database_is_probed_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    records = FakeRecords()
    monkeypatch.setattr(wiring, "access_ends", lambda: None)
    base = Mock()
    monkeypatch.setattr(wiring, "knowledge_base", lambda: base)
    for found, names in ((None, ["tables", "knowledge-base"]), (records, ["tables", "database", "knowledge-base"])):
        monkeypatch.setattr(wiring, "customer_records", partial(lambda given: given, found))
        wiring.probes.cache_clear()
        assert list(wiring.probes()) == names
    wiring.probes()["database"]()
    wiring.probes()["knowledge-base"]()
    assert (records.reads, base.retrieve.call_count) == (1, 1)
    wiring.probes.cache_clear()
