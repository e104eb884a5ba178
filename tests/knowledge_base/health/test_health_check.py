import json

import pytest

from knowledge_base.health import wiring
from knowledge_base.health.handlers.health_check import app
from local.workspace import ROOT
from shared.errors import Unavailable
from tests.shared.lambda_context import CONTEXT

SAMPLE = json.loads((ROOT / "events/knowledge_base/router.json").read_text())

pytestmark = pytest.mark.usefixtures("edge")


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
    assert json.loads(answer["body"]) == {
        "status": "degraded",
        "dependencies": [{"name": "tables", "status": "down", "latencyMs": 0}],
    }
