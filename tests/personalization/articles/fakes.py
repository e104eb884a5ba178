"""What articles need, in memory, with the promises of the real parts."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime

from personalization.articles.domain.budget import (
    PROJECT_BUDGET,
    USER_BUDGET,
    Allowance,
    BudgetExceededError,
    Reservation,
    Spending,
)
from personalization.articles.domain.history import SESSION, Exchange, ExchangePage, Reply, Session, SessionPage
from personalization.articles.domain.listing import Listing, RunPage, RunStatus, RunSummary
from personalization.articles.domain.prompting import ArticlePrompt
from personalization.articles.domain.starting import NewArticleRun
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import Card, CardSet, CardUsed, Selection
from personalization.prompts.domain.members import Member, Role
from personalization.prompts.domain.projects import Project, ProjectSettings, ProjectStatus, authorized
from personalization.prompts.domain.prompts import LATEST
from personalization.prompts.domain.templates import parse
from shared.auth.callers import Caller
from shared.errors import FieldError, Invalid, NotFound
from shared.idempotency.claims import KeyInUse
from shared.models.model import Usage
from shared.persistence.unit_of_work import Write, WriteRefused
from shared.resilience.deadline import Deadline
from shared.runs.run import Run
from shared.time.moments import FIRST, LAST
from tests.shared.auth.fake_ends import effect
from tests.shared.first_answers import FakeFirstAnswers
from tests.shared.persistence.fake_transactions import committed, step

type Key = tuple[str, str | None, date]

_THEN = datetime(2026, 1, 1, tzinfo=UTC)


class FakeBudgets:
    def __init__(self) -> None:
        self.committed: dict[Key, int] = defaultdict(int)
        self.spent: dict[Key, int] = defaultdict(int)

    def reserve(self, reservation: Reservation, allowance: Allowance) -> Write:
        project, user = _keys(reservation)
        first = self._reserving(PROJECT_BUDGET, project, reservation.tokens, allowance.project)
        second = self._reserving(USER_BUDGET, user, reservation.tokens, allowance.user)
        return lambda transaction: (first(transaction), second(transaction))[0]

    def settle(self, reservation: Reservation, tokens: int) -> Write:
        charged = reservation.settled(tokens)

        def write() -> None:
            for key in _keys(reservation):
                self.committed[key] += charged - reservation.tokens
                self.spent[key] += charged

        return step("settlement", lambda: True, write)

    def of_project(self, project_id: str, day: date) -> Spending:
        return self._spending((project_id, None, day))

    def of_user(self, project_id: str, user_id: str, day: date) -> Spending:
        return self._spending((project_id, user_id, day))

    def _spending(self, key: Key) -> Spending:
        return Spending(self.spent[key], self.committed[key] - self.spent[key])

    def _reserving(self, name: str, key: Key, tokens: int, limit: int) -> Write:
        def write() -> None:
            self.committed[key] += tokens

        return step(name, lambda: self.committed[key] + tokens <= limit, write)


def _keys(reservation: Reservation) -> tuple[Key, Key]:
    project, day = reservation.project_id, reservation.day
    return (project, None, day), (project, reservation.user_id, day)


class FakeHistory:
    def __init__(self) -> None:
        self.by_id: dict[str, Session] = {}
        self.all: list[Exchange] = []

    def claim(self, session: Session, now: datetime) -> Write:
        def is_free() -> bool:
            kept = self.session(session.session_id, now)
            return kept is None or (kept.user_id, kept.project_id) == (session.user_id, session.project_id)

        return step(SESSION, is_free, lambda: self.by_id.update({session.session_id: session}))

    def resume(self, session: Session) -> Write:
        def write() -> None:
            kept = self.by_id[session.session_id]
            self.by_id[session.session_id] = replace(kept, last_message_at=session.last_message_at)

        return step(SESSION, lambda: self._is_kept(session), write)

    def rename(self, session: Session, title: str) -> Session:
        if not self._is_kept(session):
            raise NotFound("There is no such session.")
        renamed = replace(self.by_id[session.session_id], title=title)
        self.by_id[session.session_id] = renamed
        return renamed

    def _is_kept(self, session: Session) -> bool:
        kept = self.by_id.get(session.session_id)
        return kept is not None and (kept.user_id, kept.project_id) == (session.user_id, session.project_id)

    def begin(self, exchange: Exchange) -> Write:
        return step(
            "exchange",
            lambda: exchange.run_id not in {each.run_id for each in self.all},
            lambda: self.all.append(exchange),
        )

    def complete(
        self,
        project_id: str,  # noqa: ARG002  ids of sessions are unique
        session_id: str,
        sent_at: datetime,
        run_id: str,
        reply: Reply,
    ) -> Write:
        def write() -> None:
            (begun,) = (each for each in self.all if self._key(each) == (session_id, sent_at, run_id))
            self.all[self.all.index(begun)] = replace(begun, reply=reply)

        return step("exchange", lambda: True, write)

    def find(self, session_id: str, sent_at: datetime, run_id: str, now: datetime) -> Exchange | None:
        found = (each for each in self.all if self._key(each) == (session_id, sent_at, run_id))
        return next((each for each in found if each.expires_at > now), None)

    @staticmethod
    def _key(exchange: Exchange) -> tuple[str, datetime, str]:
        return exchange.session_id, exchange.sent_at, exchange.run_id

    def session(self, session_id: str, now: datetime) -> Session | None:
        kept = self.by_id.get(session_id)
        return kept if kept and kept.expires_at > now else None

    def recent(self, session: Session, limit: int, now: datetime) -> tuple[Exchange, ...]:
        said = (each for each in self._newest_first(session, now) if _said_something(each.reply))
        return tuple(said)[:limit]

    def sessions(
        self, project_id: str, user_id: str | None, after: str | None, limit: int, now: datetime
    ) -> SessionPage:
        own = [
            (f"{each.last_message_at.isoformat()}#{each.session_id}", each)
            for each in self.by_id.values()
            if each.project_id == project_id and user_id in {None, each.user_id} and each.expires_at > now
        ]
        following = sorted((each for each in own if after is None or each[0] < after), reverse=True)
        page = following[:limit]
        return SessionPage(tuple(each for _, each in page), page[-1][0] if len(following) > limit else None)

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> ExchangePage:
        own = [(each.position, each) for each in self._newest_first(session, now)]
        following = [each for each in own if after is None or each[0] < after]
        page = following[:limit]
        return ExchangePage(tuple(each for _, each in page), page[-1][0] if len(following) > limit else None)

    def runs(
        self, project_id: str, user_id: str | None, listing: Listing, *, after: str | None, limit: int, now: datetime
    ) -> RunPage:
        since, until = listing.period.since or FIRST, listing.period.until or LAST
        own = [
            each
            for each in self.all
            if each.project_id == project_id
            and user_id in {None, each.user_id}
            and each.expires_at > now
            and since <= each.sent_at < until
        ]
        of_status = (each for each in map(_summary, own) if listing.status in {None, each.status})
        newest_first = sorted(of_status, key=lambda each: each.position, reverse=True)
        following = [each for each in newest_first if after is None or each.position < after]
        page = tuple(following[:limit])
        return RunPage(page, page[-1].position if len(following) > limit else None)

    def _newest_first(self, session: Session, now: datetime) -> list[Exchange]:
        own = [
            each
            for each in self.all
            if (each.session_id, each.user_id, each.project_id)
            == (session.session_id, session.user_id, session.project_id)
            and each.expires_at > now
        ]
        return sorted(own, key=lambda each: (each.sent_at, each.run_id), reverse=True)


def _summary(exchange: Exchange) -> RunSummary:
    reply = exchange.reply
    return RunSummary(
        run_id=exchange.run_id,
        session_id=exchange.session_id,
        user_id=exchange.user_id,
        started_at=exchange.sent_at,
        status=RunStatus(reply.status if reply else "running"),
        cards_used=exchange.cards_used,
        processing_ms=reply.processing_ms if reply else None,
        usage=reply.usage if reply else None,
        cost=reply.cost if reply else None,
        position=exchange.position,
    )


def _said_something(reply: Reply | None) -> bool:
    return reply is not None and reply.status != "failed" and reply.answer != KeptText("")


class FakeEraser:
    """Erases sessions in memory, if there is time."""

    def __init__(self, history: FakeHistory) -> None:
        self._history = history

    def erase(self, session: Session, now: datetime, deadline: Deadline) -> bool:  # noqa: ARG002  runs are elsewhere
        if deadline.remaining_seconds <= 0:
            return False
        self._history.all = [each for each in self._history.all if each.session_id != session.session_id]
        del self._history.by_id[session.session_id]
        return True


class FakeTexts:
    """Keeps whatever is longer than `longest` characters beside the tables."""

    def __init__(self, longest: int = 1000) -> None:
        self.longest = longest
        self.by_key: dict[str, str] = {}

    def keep(self, key: str, text: str) -> KeptText:
        if len(text) <= self.longest:
            return KeptText(text)
        self.by_key[key] = text
        return KeptText(None, key)

    def read(self, text: KeptText) -> str:
        if text.inline is not None:
            return text.inline
        if text.key not in self.by_key:
            raise NotFound("The text has expired.")
        return self.by_key[text.key]


class FakeCards:
    """Every version of every card, and which of them are in production, by project."""

    def __init__(self) -> None:
        self.texts: dict[tuple[str, str, int], str] = {}
        self.in_production: dict[str, list[CardUsed]] = defaultdict(list)

    def write(self, project_id: str, prompt_id: str, version: int, text: str, *, in_production: bool = True) -> None:
        self.texts[project_id, prompt_id, version] = text
        if in_production:
            others = [card for card in self.in_production[project_id] if card.prompt_id != prompt_id]
            self.in_production[project_id] = [*others, CardUsed(prompt_id, version)]

    def production(self, project: Project) -> CardSet:
        return self.at(project.project_id, self.in_production[project.project_id])

    def at(self, project_id: str, used: Sequence[CardUsed]) -> CardSet:
        return CardSet(tuple(self._card(project_id, step, each) for step, each in enumerate(used)), tuple(used))

    def selected(self, project_id: str, selection: Selection) -> CardSet:
        """Has one label, `latest`."""
        in_production = {card.prompt_id: card.version for card in self.in_production[project_id]}
        by_label = dict.fromkeys(in_production, LATEST) if selection.label == LATEST else {}
        chosen = in_production | {
            id_: self._latest(project_id, id_) if version == LATEST else int(version)
            for id_, version in (by_label | dict(selection.versions)).items()
        }
        unknown = [id_ for id_, version in chosen.items() if (project_id, id_, version) not in self.texts]
        if unknown:
            raise Invalid("There is no such version.", [FieldError(f"versions.{id_}", "unknown") for id_ in unknown])
        return self.at(project_id, [CardUsed(prompt_id, version) for prompt_id, version in chosen.items()])

    def _card(self, project_id: str, step_order: int, used: CardUsed) -> Card:
        try:
            template = parse(self.texts[project_id, used.prompt_id, used.version])
        except KeyError:
            raise NotFound("There is no such version.") from None
        return Card(
            project_id=project_id,
            prompt_id=used.prompt_id,
            title="A card",
            step_order=step_order,
            version=used.version,
            template=template,
            variables=template.variables,
        )

    def _latest(self, project_id: str, prompt_id: str) -> int:
        versions = [version for owner, id_, version in self.texts if (owner, id_) == (project_id, prompt_id)]
        return max(versions, default=0)


class FakeProjectAccess:
    """One project, in which ada is an editor and bob a viewer."""

    def __init__(self, settings: ProjectSettings | None = None) -> None:
        members = (Member("ada", Role.EDITOR, _THEN, "root"), Member("bob", Role.VIEWER, _THEN, "root"))
        self.project = Project(
            project_id="p1",
            name="Headlines",
            description="",
            settings=settings or ProjectSettings(),
            status=ProjectStatus.ACTIVE,
            members=members,
            created_at=_THEN,
            updated_at=_THEN,
        )

    def find(self, project_id: str) -> Project | None:
        return self.project if project_id == self.project.project_id else None

    def authorize(self, caller: Caller, project_id: str, least: Role) -> Project:
        return authorized(caller, self.find(project_id), least)


class FakeStarter:
    def __init__(self, budgets: FakeBudgets, history: FakeHistory, first_answers: FakeFirstAnswers) -> None:
        self._budgets, self._history, self._first_answers = budgets, history, first_answers
        self.runs: list[Run] = []

    def start(self, new: NewArticleRun, announce: Callable[[], object]) -> None:
        effect()
        first = new.first_answer
        if first:
            self._first_answers.require_free(first)
        try:
            committed(
                self._history.claim(new.session, new.started_at)
                if new.is_new_session
                else self._history.resume(new.session),
                self._history.begin(new.exchange),
                self._budgets.reserve(new.reservation, new.allowance),
                step("run", lambda: True, lambda: self.runs.append(new.run)),
            )
        except WriteRefused as cancelled:
            if SESSION in cancelled.refused:
                raise NotFound("There is no such session.") from cancelled
            raise BudgetExceededError(next(iter(cancelled.refused))) from cancelled
        if first:
            try:
                self._first_answers.record(first)
            except KeyInUse:
                raise AssertionError("two at once are for the real starter") from None
        announce()


type Said = str | Usage | Exception | Callable[[], object]


class FakeModel:
    """Says its script; an exception in it is raised, a callable called. Remembers its prompts."""

    def __init__(self, *script: Said) -> None:
        self.script: tuple[Said, ...] = script or ("Hello ", "reader.", Usage(100, 20))
        self.prompts: list[ArticlePrompt] = []
        self.closed = False

    def stream(self, prompt: ArticlePrompt) -> Iterator[str | Usage]:
        self.prompts.append(prompt)
        try:
            for said in self.script:
                if isinstance(said, Exception):
                    raise said
                if isinstance(said, (str, Usage)):
                    yield said
                else:
                    said()
        finally:
            self.closed = True

    def ask(self, prompt: ArticlePrompt, deadline: Deadline) -> tuple[str, Usage]:  # noqa: ARG002  answers at once
        said = list(self.stream(prompt))
        usage = next(each for each in said if isinstance(each, Usage))
        return "".join(each for each in said if isinstance(each, str)), usage
