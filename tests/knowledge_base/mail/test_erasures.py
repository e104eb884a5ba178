"""POST /erasures, and UserEmailChanged."""

import json
from typing import Any

import pytest

from knowledge_base.mail import wiring
from knowledge_base.mail.domain.correspondence import Standing
from knowledge_base.mail.handlers import leave_address
from knowledge_base.mail.handlers.erasures import handler
from local.workspace import ROOT
from tests.knowledge_base.calls import ADA, call
from tests.knowledge_base.mail.examples import NOW, FakeStrangers
from tests.shared.lambda_context import CONTEXT

ADDRESS = "ada@example.org"
SAMPLE: dict[str, Any] = json.loads((ROOT / "events" / "knowledge_base" / "leave_address.json").read_text())

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture
def strangers(monkeypatch: pytest.MonkeyPatch) -> FakeStrangers:
    strangers = FakeStrangers()
    monkeypatch.setattr(wiring, "strangers", lambda: strangers)
    return strangers


def test_staff_have_an_address_erased_however_it_is_written(strangers: FakeStrangers) -> None:
    stranger_id = strangers.id_of(ADDRESS, Standing.VERIFIED, NOW)
    for _ in range(2):
        assert call(handler, "POST /erasures", {"email": "Ada@Example.org"}) == (202, None)
    assert strangers.erasing == {stranger_id}


def test_nobody_else_does(strangers: FakeStrangers) -> None:
    assert call(handler, "POST /erasures", {"email": ADDRESS}, claims=ADA)[0] == 403
    assert not strangers.erased


@pytest.mark.parametrize("body", [{}, {"email": "nobody"}, {"email": None}, {"email": ADDRESS, "userId": "x"}])
def test_what_is_no_address_is_refused(strangers: FakeStrangers, body: object) -> None:
    assert call(handler, "POST /erasures", body)[0] in {400, 422}
    assert not strangers.erased


def test_an_address_that_was_given_up_stays_its_users(strangers: FakeStrangers) -> None:
    stranger_id = strangers.id_of(ADDRESS, Standing.UNVERIFIED, NOW.replace(year=2025))
    for _ in range(2):
        leave_address.handler(SAMPLE, CONTEXT)
    assert strangers.former == {SAMPLE["detail"]["userId"]: {stranger_id}}


def test_a_first_address_follows_none(strangers: FakeStrangers) -> None:
    detail = SAMPLE["detail"] | {"data": {"version": 2, "email": ADDRESS, "previousEmail": None}}
    leave_address.handler(SAMPLE | {"detail": detail}, CONTEXT)
    assert not strangers.former
