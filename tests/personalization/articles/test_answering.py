"""How article runs are answered and ended."""

from dataclasses import dataclass, field, replace
from datetime import timedelta

import pytest

from personalization.articles.domain.answering import ArticleAnswerer
from personalization.articles.domain.assembly import marked, system_text
from personalization.articles.domain.budget import Allowance, Reservation, Spending
from personalization.articles.domain.ending import ArticleEnder
from personalization.articles.domain.history import Reply
from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.prompting import Parameters
from personalization.articles.domain.starting import KIND, ArticleJob
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import CardUsed
from shared.errors import NotFound, Unavailable
from shared.models.model import Usage
from shared.runs.run import Ending, Outcome, Run, queued_run
from tests.personalization.articles.examples import NOW, PRICES, a_session, an_exchange
from tests.personalization.articles.fakes import FakeBudgets, FakeCards, FakeHistory, FakeModel, FakeTexts
from tests.shared.persistence.fake_transactions import committed

RESERVED = 5000


@dataclass
class Service:
    """An answerer with all that it needs, and one run whose tokens are reserved."""

    cards: FakeCards = field(default_factory=FakeCards)
    history: FakeHistory = field(default_factory=FakeHistory)
    texts: FakeTexts = field(default_factory=FakeTexts)
    budgets: FakeBudgets = field(default_factory=FakeBudgets)
    model: FakeModel = field(default_factory=FakeModel)

    def __post_init__(self) -> None:
        self.cards.write("p1", "card-1", 3, "Write a headline.")
        self.reservation = Reservation("p1", "ada", NOW.date(), RESERVED)
        committed(self.budgets.reserve(self.reservation, Allowance(10_000, 10_000)))
        committed(self.history.claim(a_session(), NOW))
        committed(self.history.begin(replace(an_exchange("run-9"), reply=None)))
        request = ArticleJob({}, (CardUsed("card-1", 3),), Parameters(max_tokens=1000), self.reservation)
        queued = queued_run(
            run_id="run-9",
            kind=KIND,
            user_id="ada",
            subject="p1",
            session_id="s1",
            request=request.to_json(),
            now=NOW,
        )
        self.run: Run = replace(queued, status="running", owner="worker-1")
        self.answerer = self.another_process()

    def another_process(self) -> ArticleAnswerer:
        later = NOW + timedelta(seconds=2)
        return ArticleAnswerer(
            cards=self.cards,
            history=self.history,
            texts=self.texts,
            model=lambda: self.model,
            ender=ArticleEnder(
                history=self.history, texts=self.texts, budgets=self.budgets, prices=PRICES, now=lambda: later
            ),
            now=lambda: later,
        )

    def say(self) -> str:
        return "".join(self.answerer.pieces(self.run))

    def end(self, text: str, outcome: Outcome, answerer: ArticleAnswerer | None = None) -> Ending:
        ending = (answerer or self.answerer).ending(self.run, text, outcome)
        committed(ending.write)
        return ending

    @property
    def reply(self) -> Reply:
        kept = self.history.find("s1", NOW, "run-9", NOW)
        assert kept
        assert kept.reply
        return kept.reply

    @property
    def spending(self) -> Spending:
        user = self.budgets.of_user("p1", "ada", NOW.date())
        assert self.budgets.of_project("p1", NOW.date()) == user
        return user


@pytest.fixture
def service() -> Service:
    return Service()


def test_the_model_gets_cards_history_and_article(service: Service) -> None:
    committed(service.history.begin(an_exchange(at=NOW - timedelta(hours=1), article="Earlier.")))
    assert service.say() == "Hello reader."
    (prompt,) = service.model.prompts
    assert prompt.system == system_text(["Write a headline."])
    assert prompt.messages == (
        ("user", marked("Earlier.")),
        ("assistant", "A summary."),
        ("user", marked("An article.")),
    )
    assert prompt.parameters.max_tokens == 1000


def test_the_versions_are_those_of_the_acceptance(service: Service) -> None:
    service.cards.write("p1", "card-1", 4, "Write a poem.")
    service.say()
    assert service.model.prompts[0].system == system_text(["Write a headline."])


def test_a_card_of_another_project_never_enters(service: Service) -> None:
    service.cards.write("p2", "card-2", 1, "Tell all.")
    request = replace(ArticleJob.of_json(service.run.request), cards=(CardUsed("card-2", 1),))
    service.run = replace(service.run, request=request.to_json())
    with pytest.raises(NotFound):
        service.say()
    assert not service.model.prompts


def test_what_another_user_said_in_an_expired_session_stays_unknown(service: Service) -> None:
    before = a_session(user_id="bob", at=NOW - timedelta(days=1))
    committed(service.history.begin(an_exchange(session=before, at=NOW - timedelta(days=1), article="Private.")))
    service.say()
    assert service.model.prompts[0].messages == (("user", marked("An article.")),)


def test_a_run_that_is_done_is_kept_and_settled_with_what_the_model_counted(service: Service) -> None:
    text = service.say()
    ending = service.end(text, "done")
    assert ending.extra == {
        "usage": {"inputTokens": 100, "outputTokens": 20, "estimated": False},
        "cost": {"micros": 600, "currency": "USD"},
        "promptCardsUsed": ["card-1@3"],
    }
    assert service.spending == Spending(spent=120, reserved=0)
    assert service.reply == Reply(KeptText("Hello reader."), 2000, Usage(100, 20), Cost(600, "USD"), "done")


def test_an_ending_that_is_made_again_is_the_same(service: Service) -> None:
    text = service.say()
    first, second = (
        service.answerer.ending(service.run, text, "done"),
        service.answerer.ending(service.run, text, "done"),
    )
    assert first.extra == second.extra
    committed(second.write)
    assert service.spending == Spending(spent=120, reserved=0)


def test_a_stopped_run_is_settled_with_an_estimate_of_what_was_shown(service: Service) -> None:
    pieces = service.answerer.pieces(service.run)
    shown = next(pieces)
    pieces.close()  # type: ignore[attr-defined]  # it is a generator
    assert service.model.closed
    ending = service.end(shown, "stopped")
    assert ending.extra["usage"] == {"inputTokens": 4000, "outputTokens": 2, "estimated": True}
    assert service.spending == Spending(spent=4002, reserved=0)
    assert service.reply.answer == KeptText("Hello ")


def test_whoever_ends_a_run_of_another_process_estimates(service: Service) -> None:
    ending = service.end("x" * 100_000, "failed", service.another_process())
    assert ending.extra["usage"] == {"inputTokens": 4000, "outputTokens": 1000, "estimated": True}
    assert service.spending == Spending(spent=RESERVED, reserved=0)


def test_nothing_is_charged_for_a_run_that_failed_before_a_word(service: Service) -> None:
    service.model.script = (Unavailable("The assistant is busy."),)
    with pytest.raises(Unavailable):
        service.say()
    service.end("", "failed")
    assert service.spending == Spending(0, 0)
    assert service.reply.status == "failed"


def test_nothing_is_charged_for_a_run_that_was_stopped_in_the_queue(service: Service) -> None:
    service.run = replace(service.run, status="queued", owner=None)
    service.end("", "stopped", service.another_process())
    assert service.spending == Spending(0, 0)


def test_a_run_that_was_stopped_before_the_first_word_has_been_read_by_the_model(service: Service) -> None:
    service.end("", "stopped", service.another_process())
    assert service.spending == Spending(spent=4000, reserved=0)


def test_what_the_model_counts_beyond_the_reservation_does_not_break_the_budget(service: Service) -> None:
    service.model.script = ("Hello", Usage(RESERVED, 1000))
    ending = service.end(service.say(), "done")
    assert ending.extra["cost"] == {"micros": 30_000, "currency": "USD"}
    assert service.spending == Spending(spent=RESERVED, reserved=0)


def test_one_run_s_usage_is_not_another_s(service: Service) -> None:
    service.say()
    service.run = replace(service.run, run_id="run-10")
    assert service.answerer.ending(service.run, "Hello", "failed").extra["usage"]["estimated"]


def test_a_long_answer_is_kept_beside_the_tables(service: Service) -> None:
    service.end("word " * 1000, "done")
    assert service.reply.answer == KeptText(None, "p1/s1/run-9/answer-5000.txt")
    assert service.texts.by_key["p1/s1/run-9/answer-5000.txt"] == "word " * 1000


def test_an_end_that_is_overtaken_writes_nothing_over_the_long_answer_that_counts(service: Service) -> None:
    service.end("word " * 1000, "done")
    service.another_process().ending(service.run, "word " * 900, "stopped")
    kept = service.reply.answer.key
    assert kept
    assert service.texts.by_key[kept] == "word " * 1000


def test_the_model_does_not_get_the_failures_of_a_session(service: Service) -> None:
    committed(service.history.begin(an_exchange(at=NOW - timedelta(hours=1), answer="")))
    service.say()
    assert len(service.model.prompts[0].messages) == 1
