"""UserErased: the account goes last, once, after every context."""

import json
from datetime import datetime, timedelta
from itertools import permutations
from typing import Any

import pytest

from communications.users import wiring
from communications.users.domain.erasures import CONTEXTS
from communications.users.handlers.finish_erasure import handler
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.json.encoding import rfc3339
from tests.communications.examples import NOW, a_user
from tests.communications.users.erasure_fakes import FakeAccounts, FakeErasures
from tests.communications.users.fakes import FakeUsers
from tests.shared.lambda_context import CONTEXT, fails_as

SETTLING = timedelta(minutes=5)
SETTLED = NOW + SETTLING


@pytest.fixture(autouse=True)
def erasures(monkeypatch: pytest.MonkeyPatch) -> FakeErasures:
    fake = FakeErasures(FakeUsers(a_user("ada")))
    fake.begin("ada", NOW)
    monkeypatch.setattr(wiring, "erasures", lambda: fake)
    monkeypatch.setattr(wiring, "settling", lambda: SETTLING)
    return fake


@pytest.fixture(autouse=True)
def accounts(monkeypatch: pytest.MonkeyPatch) -> FakeAccounts:
    fake = FakeAccounts(ada=frozenset())
    monkeypatch.setattr(wiring, "accounts", lambda: fake)
    return fake


def erased(context: str, user_id: str = "ada", at: datetime = SETTLED) -> None:
    event: dict[str, Any] = json.loads((ROOT / "events" / "communications" / "finish_erasure.json").read_text())
    event["detail"] |= {"userId": user_id, "occurredAt": rfc3339(at), "data": {"context": context}}
    handler(event, CONTEXT)


@pytest.mark.parametrize("order", list(permutations(sorted(CONTEXTS))))
def test_account_goes_after_the_last_context(
    erasures: FakeErasures, accounts: FakeAccounts, order: tuple[str, ...]
) -> None:
    for context in order[:-1]:
        erased(context)
        erased(context)
        assert "ada" in accounts.by_id
    erased(order[-1])

    assert accounts.by_id == {}
    assert erasures.by_id["ada"].completed_at
    assert list(erasures.open()) == []


def test_what_may_have_been_written_to_since_does_not_count(erasures: FakeErasures, accounts: FakeAccounts) -> None:
    for context in CONTEXTS:
        erased(context, at=SETTLED - timedelta(seconds=1))

    assert "ada" in accounts.by_id
    assert erasures.by_id["ada"].erased_by == frozenset()


def test_account_that_could_not_be_deleted_is_deleted_by_the_next_attempt(
    erasures: FakeErasures, accounts: FakeAccounts
) -> None:
    accounts.fails = 1
    *others, last = sorted(CONTEXTS)
    for context in others:
        erased(context)
    with fails_as(Unavailable):
        erased(last)
    assert not erasures.by_id["ada"].completed_at

    erased(last)
    assert (accounts.by_id, bool(erasures.by_id["ada"].completed_at)) == ({}, True)


def test_nobody_is_erased_by_the_event_alone(erasures: FakeErasures, accounts: FakeAccounts) -> None:
    accounts.by_id["bob"] = frozenset()
    for context in CONTEXTS:
        erased(context, "bob")

    assert "bob" in accounts.by_id
    assert set(erasures.by_id) == {"ada"}
