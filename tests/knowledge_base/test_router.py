import json

import pytest

from knowledge_base.health import wiring
from knowledge_base.router import handler
from local.workspace import ROOT
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/router.json").read_text())

pytestmark = pytest.mark.usefixtures("edge")


def test_a_route_is_answered_by_the_feature_that_declares_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(wiring, "probes", dict)

    answer = handler(SAMPLE, CONTEXT)

    assert (answer["statusCode"], json.loads(answer["body"])) == (200, {"status": "up", "dependencies": []})


def test_other_paths_are_none_of_its() -> None:
    assert handler(SAMPLE | {"routeKey": "GET /nothing"}, CONTEXT)["statusCode"] == 404


def test_routes_are_found_where_they_are_declared() -> None:
    assert handler.modules["GET /health"] == "knowledge_base.health.handlers.health_check"
