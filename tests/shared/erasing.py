"""What every part of an erasure must do: all of somebody goes, and nothing of anybody else, wherever it breaks off."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Protocol

import pytest
from botocore.client import BaseClient

from shared.dynamodb.records import Record
from shared.dynamodb.scans import scan
from shared.erasure.consuming import Part
from tests.shared.boundaries import Boundaries, Killed, Phase, Point

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LARGE = "x" * 60_000
"""Twenty of them are more than a page of DynamoDB, which has 1 MB."""


class Owned(Protocol):
    """What a part keeps of people."""

    @property
    def part(self) -> Part: ...

    def give(self, user_id: str, *, many: bool = False) -> None:
        """Let somebody have some of everything; `many`: more than a page of what there can be much of."""
        ...

    def kept(self) -> list[str]:
        """All of everybody's."""
        ...


class ErasingContract:
    def test_all_of_somebody_goes_and_nothing_of_anybody_else(self, owned: Owned) -> None:
        owned.give("bob")
        others = owned.kept()
        assert others
        owned.give("ada")
        assert owned.kept() != others
        for _ in range(2):
            assert owned.part.erase("ada", NOW)
            assert owned.kept() == others

    def test_somebody_without_anything_is_erased(self, owned: Owned) -> None:
        owned.give("bob")
        others = owned.kept()
        assert owned.part.erase("ada", NOW)
        assert owned.kept() == others

    def test_all_pages_go(self, owned: Owned) -> None:
        owned.give("bob")
        others = owned.kept()
        owned.give("ada", many=True)
        assert owned.part.erase("ada", NOW)
        assert owned.kept() == others

    @pytest.mark.parametrize("phase", ["before", "after"])
    def test_what_broke_off_at_any_call_is_carried_on(self, owned: Owned, phase: Phase) -> None:
        owned.give("bob")
        others, number = owned.kept(), 1
        while True:
            owned.give("ada")
            with killed_at(number, phase) as boundaries:
                owned.part.erase("ada", NOW)
            assert owned.part.erase("ada", NOW)
            assert owned.kept() == others, boundaries.points[-1]
            if not boundaries.happened:
                break
            number += 1
        assert number > 3


@contextmanager
def killed_at(number: int, phase: Phase) -> Iterator[Boundaries]:
    """Be killed at the nth call of AWS, if there are so many."""

    def kill(_: Point) -> None:
        raise Killed

    clients: Any = BaseClient
    boundaries, call = Boundaries((number, phase), kill), clients._make_api_call

    def observed(client: BaseClient, operation: str, arguments: Any) -> Any:
        return boundaries.call(operation, call, client, operation, arguments)

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(clients, "_make_api_call", observed)
        try:
            yield boundaries
        except Killed:
            assert boundaries.happened


def rows(*models: type[Record]) -> list[str]:
    return sorted(f"{model.__name__} {sorted(image.items())}" for model in models for image in scan(model))
