"""The documents of the APIs, as they stand in docs/openapi."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.http.cursors import Cursors

ROOT = Path(__file__).parents[2]
DOCUMENTS = sorted((ROOT / "docs" / "openapi").glob("*.json"))


def operations(document: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    for path, methods in json.loads(document.read_text())["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_operation_names_a_parameter_once(document: Path) -> None:
    for route, operation in operations(document):
        named = [(parameter["in"], parameter["name"]) for parameter in operation["parameters"]]
        assert len(named) == len(set(named)), route


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_every_cursor_that_is_handed_out_may_be_sent(document: Path) -> None:
    longest_id, at = "x" * 64, "2026-02-03T04:05:06.789Z"
    handed_out = Cursors("a key").make("a list", f"{at}#{longest_id}")
    assert handed_out is not None

    for route, operation in operations(document):
        for parameter in operation["parameters"]:
            assert parameter["name"] != "cursor" or parameter["schema"]["maxLength"] >= len(handed_out), route


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.stem)
def test_operation_that_speaks_of_an_idempotency_key_has_one(document: Path) -> None:
    for route, operation in operations(document):
        has_one = "Idempotency-Key" in {parameter["name"] for parameter in operation["parameters"]}
        assert has_one or "Idempotency-Key" not in operation["description"], route
