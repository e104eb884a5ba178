from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from personalization.articles.domain.reading import SessionService
from shared.auth.callers import Caller
from shared.errors import NotFound
from tests.personalization.articles.examples import NOW, a_reply, a_session, an_exchange
from tests.personalization.articles.fakes import FakeEraser, FakeHistory, FakeProjectAccess, FakeTexts
from tests.shared.persistence.fake_transactions import committed

ADA, BOB, EVE, ROOT = Caller("ada"), Caller("bob"), Caller("eve"), Caller("root", frozenset({"admin"}))


@dataclass
class House:
    history: FakeHistory = field(default_factory=FakeHistory)
    texts: FakeTexts = field(default_factory=FakeTexts)

    def __post_init__(self) -> None:
        self.service = SessionService(FakeProjectAccess(), self.history, self.texts, FakeEraser(self.history))
        committed(self.history.claim(a_session("s1", "ada"), NOW))
        committed(self.history.claim(a_session("s2", "bob", at=NOW + timedelta(hours=1)), NOW))
        committed(self.history.claim(a_session("s3", "ada", "p2"), NOW))


@pytest.fixture
def house() -> House:
    return House()


def test_members_see_their_own_sessions_and_admins_all(house: House) -> None:
    def seen(caller: Caller) -> list[str]:
        return [each.session_id for each in house.service.sessions(caller, "p1", None, 10, NOW).items]

    assert (seen(ADA), seen(BOB), seen(ROOT)) == (["s1"], ["s2"], ["s2", "s1"])
    with pytest.raises(NotFound):
        seen(EVE)


def test_a_session_s_messages_come_with_their_texts(house: House) -> None:
    kept = house.texts.keep("p1/s1/run-1/input.txt", "long " * 1000)
    answered = replace(an_exchange("run-1"), input=kept)
    working = replace(an_exchange("run-2", at=NOW + timedelta(minutes=1)), reply=None)
    for exchange in (answered, working):
        committed(house.history.begin(exchange))
    page = house.service.messages(ADA, "p1", "s1", after=None, limit=10, now=NOW)
    newest, oldest = page.items
    assert (newest.input, newest.answer) == ("An article.", None)
    assert (oldest.input, oldest.answer) == ("long " * 1000, "A summary.")
    assert page.next_position is None
    assert house.service.messages(ROOT, "p1", "s1", after=None, limit=10, now=NOW) == page


@pytest.mark.parametrize(
    ("caller", "project_id", "session_id"),
    [(BOB, "p1", "s1"), (EVE, "p1", "s1"), (ADA, "p1", "s3"), (ADA, "p2", "s3"), (ROOT, "p1", "s3"), (ADA, "p1", "s9")],
)
def test_another_s_session_is_not_there(house: House, caller: Caller, project_id: str, session_id: str) -> None:
    with pytest.raises(NotFound):
        house.service.messages(caller, project_id, session_id, after=None, limit=10, now=NOW)


def test_a_page_of_long_texts_is_shorter_and_goes_on_where_it_ended(house: House) -> None:
    for number in range(5):
        article, at = str(number) * 200_000, NOW + timedelta(minutes=number)
        text = house.texts.keep(f"p1/s1/run-{number}/input.txt", article)
        committed(house.history.begin(replace(an_exchange(f"run-{number}", at=at), input=text, reply=a_reply())))
    found, position, pages = [], None, 0
    while pages == 0 or position is not None:
        page = house.service.messages(ADA, "p1", "s1", after=position, limit=10, now=NOW)
        found += [each.exchange.run_id for each in page.items]
        position, pages = page.next_position, pages + 1
    assert found == ["run-4", "run-3", "run-2", "run-1", "run-0"]
    assert pages == 3
