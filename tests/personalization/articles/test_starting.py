"""Starting article runs."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from personalization.articles.domain.balances import BudgetService
from personalization.articles.domain.budget import Allowance, Spending
from personalization.articles.domain.history import HISTORY_LIFE
from personalization.articles.domain.prompting import Parameters, exchange_tokens, input_tokens
from personalization.articles.domain.starting import ArticleJob, ArticleRequest, ArticleRunService, Terms
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.projects import ProjectSettings, ProjectStatus
from shared.auth.callers import Caller
from shared.errors import Conflict, Invalid, NotFound, TooManyRequests
from shared.idempotency.claims import Claim, once
from shared.ids import new_id
from shared.runs.run import Accepted
from tests.personalization.articles.examples import NOW, a_session, an_exchange
from tests.personalization.articles.fakes import (
    FakeBudgets,
    FakeCards,
    FakeHistory,
    FakeProjectAccess,
    FakeStarter,
    FakeTexts,
)
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.persistence.fake_transactions import committed

POOL = ThreadPoolExecutor(2, thread_name_prefix="read")
ADA, BOB = Caller("ada"), Caller("bob")
PLATFORM = Terms(Parameters(), Allowance(1_000_000, 1_000_000))
ARTICLE = "Screening saves lives."


@dataclass
class House:
    """An ArticleRunService over fakes."""

    project_access: FakeProjectAccess = field(default_factory=FakeProjectAccess)
    cards: FakeCards = field(default_factory=FakeCards)
    history: FakeHistory = field(default_factory=FakeHistory)
    texts: FakeTexts = field(default_factory=FakeTexts)
    budgets: FakeBudgets = field(default_factory=FakeBudgets)
    first_answers: FakeFirstAnswers = field(default_factory=FakeFirstAnswers)

    def __post_init__(self) -> None:
        self.starter = FakeStarter(self.budgets, self.history, self.first_answers)
        self.service = ArticleRunService(
            project_access=self.project_access,
            platform=PLATFORM,
            cards=self.cards,
            history=self.history,
            texts=self.texts,
            starter=self.starter,
            new_id=new_id,
        )
        self.budget_service = BudgetService(
            project_access=self.project_access, platform=PLATFORM, budgets=self.budgets, readers=lambda: POOL
        )
        self.cards.write("p1", "card-1", 3, "Write a headline.")

    def start(
        self, caller: Caller = ADA, *, session_id: str = "s1", article: str = ARTICLE, **variables: str
    ) -> Accepted:
        return self.service.start(caller, ArticleRequest("p1", session_id, article, variables), NOW)

    def allow(self, allowance: Allowance) -> None:
        settings = ProjectSettings(tokens_per_day=allowance.project, tokens_per_user_per_day=allowance.user)
        self.project_access.project = replace(self.project_access.project, settings=settings)

    @property
    def request(self) -> ArticleJob:
        return ArticleJob.of_json(self.starter.runs[-1].request)


@pytest.fixture
def house() -> House:
    return House()


def test_a_run_is_queued_with_all_that_was_settled_when_it_was_accepted(house: House) -> None:
    started = house.start()
    (run,) = house.starter.runs
    assert (run.run_id, run.kind, run.user_id, run.subject, run.session_id, run.status) == (
        started.run_id,
        "article",
        "ada",
        "p1",
        "s1",
        "queued",
    )
    job = house.request
    (begun,) = house.history.all
    assert (begun.input, begun.reply, begun.sent_at) == (KeptText(ARTICLE), None, NOW)
    assert [str(card) for card in job.cards] == ["card-1@3"]
    assert job.reservation.tokens == input_tokens(["Write a headline."], ARTICLE) + 4096


def test_its_tokens_are_reserved_for_project_and_user(house: House) -> None:
    house.start()
    reserved = house.request.reservation.tokens
    assert house.budgets.of_project("p1", NOW.date()) == Spending(spent=0, reserved=reserved)
    assert house.budgets.of_user("p1", "ada", NOW.date()) == Spending(spent=0, reserved=reserved)
    assert house.budgets.of_user("p1", "bob", NOW.date()) == Spending(0, 0)


@pytest.mark.parametrize("limit", [lambda n: Allowance(n, 10**6), lambda n: Allowance(10**6, n)])
def test_what_the_budget_does_not_hold_is_refused_until_midnight(
    house: House, limit: Callable[[int], Allowance]
) -> None:
    house.start()
    reserved = house.request.reservation.tokens
    house.allow(limit(2 * reserved - 1))
    with pytest.raises(TooManyRequests) as refusal:
        house.start(session_id="s2")
    assert refusal.value.retry_after_seconds == 12 * 3600
    assert len(house.starter.runs) == 1
    assert "s2" not in house.history.by_id
    house.allow(limit(2 * reserved))
    house.start(session_id="s2")


def test_the_reservation_holds_what_is_remembered(house: House) -> None:
    committed(house.history.claim(a_session(), NOW))
    past = an_exchange()
    committed(house.history.begin(past))
    house.start()
    alone = input_tokens(["Write a headline."], ARTICLE) + 4096
    assert house.request.reservation.tokens == alone + (exchange_tokens(past) or 0)


def test_strangers_find_no_project(house: House) -> None:
    with pytest.raises(NotFound):
        house.start(Caller("eve"))
    with pytest.raises(NotFound):
        house.start(Caller("eve", frozenset({"staff"})))
    house.start(Caller("root", frozenset({"admin"})))


def test_an_inactive_project_runs_nothing(house: House) -> None:
    house.project_access.project = replace(house.project_access.project, status=ProjectStatus.INACTIVE)
    with pytest.raises(Conflict):
        house.start()


def test_a_project_without_cards_runs_nothing(house: House) -> None:
    house.cards.in_production.clear()
    with pytest.raises(Conflict):
        house.start()


def test_variables_are_those_of_the_cards(house: House) -> None:
    house.cards.write("p1", "card-1", 4, "Write to {{audience}} in a {{tone}} tone.")
    with pytest.raises(Invalid) as refusal:
        house.start(audience="doctors", colour="red")
    assert [error.field for error in refusal.value.errors] == ["variables.tone", "variables.colour"]
    assert not house.starter.runs
    house.start(audience="doctors", tone="warm")
    assert house.request.variables == {"audience": "doctors", "tone": "warm"}


def test_another_s_session_is_not_there(house: House) -> None:
    house.start(ADA)
    with pytest.raises(NotFound):
        house.start(BOB)
    house.start(ADA)


def test_a_session_belongs_to_its_project(house: House) -> None:
    committed(house.history.claim(a_session(project_id="p2"), NOW))
    with pytest.raises(NotFound):
        house.start()


def test_an_expired_session_may_be_begun_by_anybody(house: House) -> None:
    committed(house.history.claim(a_session(user_id="bob", at=NOW - HISTORY_LIFE), NOW))
    house.start(ADA)
    kept = house.history.session("s1", NOW)
    assert kept == a_session(user_id="ada")


@pytest.mark.parametrize(
    ("article", "title"),
    [
        ("\n\n  Screening\tsaves\nlives.  ", "Screening saves lives."),
        ("w" * 100, "w" * 100),
        ("word " * 100, "word " * 19 + "word…"),
        ("w" * 200_000, "w" * 99 + "…"),
    ],
)
def test_a_new_session_is_called_after_its_article(house: House, article: str, title: str) -> None:
    house.start(article=article)
    assert house.history.by_id["s1"].title == title
    house.start(article="Another.")
    assert house.history.by_id["s1"].title == title


def test_a_session_goes_on_from_its_beginning(house: House) -> None:
    earlier = a_session(at=NOW - timedelta(days=3))
    committed(house.history.claim(earlier, NOW))
    house.start()
    assert house.history.session("s1", NOW) == replace(earlier, last_message_at=NOW)


def test_a_long_article_is_kept_beside_the_tables(house: House) -> None:
    started = house.start(article="long " * 1000)
    key = f"p1/s1/{started.run_id}/input.txt"
    assert house.history.all[0].input == KeptText(None, key)
    assert house.texts.by_key[key] == "long " * 1000


def test_a_repeated_request_is_one_run(house: House) -> None:
    claim = Claim("record-1", "request-1")
    wanted = ArticleRequest("p1", "s1", ARTICLE, {})

    def ask() -> object:
        return once(claim, house.first_answers, NOW, lambda: house.service.start(ADA, wanted, NOW, claim))

    first = ask()
    assert isinstance(first, Accepted)
    assert ask() == {"runId": first.run_id, "sessionId": "s1"}
    assert len(house.starter.runs) == 1


def test_a_project_s_settings_go_before_the_platform_s(house: House) -> None:
    settings = ProjectSettings(max_tokens=512, temperature=0.0)
    house.project_access.project = replace(house.project_access.project, settings=settings)
    house.start()
    assert house.request.parameters == Parameters(512, 0.0, 0.9)
    assert house.request.reservation.tokens == input_tokens(["Write a headline."], ARTICLE) + 512
