"""POST /erasures"""

import pytest

from knowledge_base.mail import wiring
from knowledge_base.mail.domain.correspondence import Standing
from knowledge_base.mail.handlers.erase_address import handler
from tests.knowledge_base.calls import ADA, call
from tests.knowledge_base.mail.examples import NOW, FakeStrangers

ADDRESS = "ada@example.org"

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
