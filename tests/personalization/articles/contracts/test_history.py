"""What whoever keeps the chat history must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Protocol

import pytest

from personalization.articles.adapters.history import DynamoChatHistory
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.history import HISTORY_LIFE, SESSION, ChatHistory, Exchange, Session
from personalization.articles.domain.listing import Listing, RunLists, RunStatus, RunSummary
from personalization.articles.domain.texts import KeptText
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound
from shared.persistence.unit_of_work import Write, WriteRefused
from shared.time.periods import Period
from tests.personalization.articles.examples import NOW, a_reply, a_session, an_exchange
from tests.personalization.articles.fakes import FakeHistory
from tests.shared.persistence.fake_transactions import committed

type Commit = Callable[..., None]


class HistoryAndLists(ChatHistory, RunLists, Protocol):
    """What keeps the history lists its runs, too."""


def in_dynamodb(*writes: Write) -> None:
    transaction = Transaction()
    for write in writes:
        write(transaction)
    transaction.commit()


class HistoryContract:
    @pytest.fixture
    def session(self) -> Session:
        return a_session(str(uuid.uuid4()), project_id=str(uuid.uuid4()))

    def test_a_session_is_kept_as_it_is(self, history: ChatHistory, commit: Commit, session: Session) -> None:
        assert history.session(session.session_id, NOW) is None
        commit(history.claim(session, NOW))
        assert history.session(session.session_id, NOW) == session

    def test_a_session_is_its_user_s_and_project_s(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        commit(history.claim(session, NOW))
        for other in (replace(session, user_id="bob"), replace(session, project_id="another")):
            with pytest.raises(WriteRefused) as cancelled:
                commit(history.claim(other, NOW))
            assert cancelled.value.refused == {SESSION}
        later = replace(session, last_message_at=NOW + timedelta(hours=1))
        commit(history.claim(later, NOW))
        assert history.session(session.session_id, NOW) == later

    def test_a_session_goes_on_under_whatever_title_it_has(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        commit(history.claim(session, NOW))
        renamed = replace(session, title="Spring")
        assert history.rename(session, "Spring") == renamed
        later = NOW + timedelta(hours=1)
        commit(history.resume(replace(session, last_message_at=later)))
        assert history.session(session.session_id, NOW) == replace(renamed, last_message_at=later)
        assert history.sessions(session.project_id, session.user_id, None, 5, NOW).items[0].last_message_at == later

    def test_what_is_not_there_or_another_s_is_neither_renamed_nor_continued(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        others = replace(session, session_id=str(uuid.uuid4()))
        commit(history.claim(replace(others, user_id="bob"), NOW))
        for gone in (session, others):
            with pytest.raises(NotFound):
                history.rename(gone, "Mine")
            with pytest.raises(WriteRefused) as refused:
                commit(history.resume(gone))
            assert refused.value.refused == {SESSION}
        assert history.session(session.session_id, NOW) is None

    def test_a_session_that_has_expired_is_anybody_s(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        commit(history.claim(session, NOW))
        then = NOW + HISTORY_LIFE
        assert history.session(session.session_id, then) is None
        bobs = replace(session, user_id="bob", started_at=then, last_message_at=then)
        commit(history.claim(bobs, then))
        assert history.session(session.session_id, then) == bobs

    @pytest.mark.parametrize("text", [KeptText("An article."), KeptText(None, "p1/s1/run-1/input.txt")])
    def test_an_exchange_is_begun_and_completed(
        self, history: ChatHistory, commit: Commit, session: Session, text: KeptText
    ) -> None:
        begun = replace(an_exchange("run-1", session), input=text, reply=None)
        commit(history.begin(begun))
        key = session.session_id, NOW, "run-1"
        assert history.find(*key, NOW) == begun
        assert history.recent(session, 10, NOW) == ()
        reply = replace(a_reply(), answer=text, status="stopped")
        commit(history.complete(session.project_id, *key, reply))
        assert history.find(*key, NOW) == replace(begun, reply=reply)
        assert history.recent(session, 10, NOW) == (replace(begun, reply=reply),)
        assert history.find(*key, NOW + HISTORY_LIFE) is None
        assert history.find(session.session_id, NOW, "run-2", NOW) is None

    def test_the_newest_exchanges_with_an_answer_come_first(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        exchanges = [an_exchange(f"run-{n}", session, at=NOW + timedelta(minutes=n)) for n in range(6)]
        silent = an_exchange("run-9", session, at=NOW + timedelta(hours=1), answer="")
        failed = replace(exchanges[2], run_id="run-8", reply=replace(a_reply(), status="failed"))
        for exchange in [*exchanges, silent, failed]:
            commit(history.begin(exchange))
        assert [each.run_id for each in history.recent(session, 3, NOW)] == ["run-5", "run-4", "run-3"]
        assert len(history.recent(session, 50, NOW)) == 6

    def test_exchanges_come_in_pages_newest_first(self, history: ChatHistory, commit: Commit, session: Session) -> None:
        exchanges = [an_exchange(f"run-{n}", session, at=NOW + timedelta(minutes=n)) for n in range(5)]
        commit(history.claim(session, NOW), *(history.begin(exchange) for exchange in exchanges))
        found: list[Exchange] = []
        position, pages = None, 0
        while pages == 0 or position is not None:
            page = history.exchanges(session, position, 2, NOW)
            found += page.items
            position, pages = page.next_position, pages + 1
        assert found == exchanges[::-1]
        assert pages == 3

    def test_what_somebody_else_said_under_the_same_id_stays_unknown(
        self, history: ChatHistory, commit: Commit, session: Session
    ) -> None:
        commit(history.begin(an_exchange("run-1", session)))
        for other in (replace(session, user_id="bob"), replace(session, project_id="another")):
            assert history.recent(other, 10, NOW) == ()
            assert history.exchanges(other, None, 10, NOW).items == ()

    def test_sessions_are_listed_for_their_user_or_for_the_whole_project(
        self, history: ChatHistory, commit: Commit
    ) -> None:
        project = str(uuid.uuid4())
        sessions = [
            a_session(str(uuid.uuid4()), user, project, NOW + timedelta(minutes=n))
            for n, user in enumerate(["ada", "bob", "ada", "ada"])
        ]
        old = a_session(str(uuid.uuid4()), "ada", project, NOW - HISTORY_LIFE)
        others = a_session(str(uuid.uuid4()), "ada", str(uuid.uuid4()))
        for session in [*sessions, old, others]:
            commit(history.claim(session, NOW - HISTORY_LIFE))
        first = history.sessions(project, "ada", None, 2, NOW)
        assert first.items == (sessions[3], sessions[2])
        rest = history.sessions(project, "ada", first.next_position, 2, NOW)
        assert (rest.items, rest.next_position) == ((sessions[0],), None)
        assert history.sessions(project, None, None, 9, NOW).items == tuple(sessions[::-1])

    def test_runs_are_listed_by_status_period_and_user(
        self, history: HistoryAndLists, commit: Commit, session: Session
    ) -> None:
        bobs = replace(session, session_id=str(uuid.uuid4()), user_id="bob")
        begun = [
            replace(an_exchange(f"run-{n}", bobs if n == 4 else session, at=NOW + timedelta(hours=n)), reply=None)
            for n in range(6)
        ]
        elsewhere = replace(session, session_id=str(uuid.uuid4()), project_id=str(uuid.uuid4()))
        old = an_exchange("old", session, at=NOW - HISTORY_LIFE)
        for exchange in [*begun, old, an_exchange("elsewhere", elsewhere)]:
            commit(history.begin(exchange))
        for n, status in ((0, "done"), (1, "failed"), (2, "done"), (3, "stopped"), (4, "done")):
            exchange, reply = begun[n], replace(a_reply(), status=status)  # type: ignore[arg-type]
            key = exchange.project_id, exchange.session_id, exchange.sent_at, exchange.run_id
            commit(history.complete(*key, reply))

        def listed(
            status: RunStatus | None = None,
            since: int | None = None,
            until: int | None = None,
            *,
            user_id: str | None = None,
            limit: int = 10,
        ) -> list[str]:
            period = Period(*(None if hours is None else NOW + timedelta(hours=hours) for hours in (since, until)))
            found, after = list[RunSummary](), None
            while True:
                page = history.runs(
                    session.project_id, user_id, Listing(status, period), after=after, limit=limit, now=NOW
                )
                assert len(page.items) <= limit
                found += page.items
                after = page.next_position
                if after is None:
                    return [each.run_id for each in found]

        everything = [f"run-{n}" for n in (5, 4, 3, 2, 1, 0)]
        assert [listed(limit=limit) for limit in (1, 2, 3, 6, 10)] == [everything] * 5
        assert listed(RunStatus.RUNNING) == ["run-5"]
        assert [listed(RunStatus.DONE, limit=limit) for limit in (1, 2, 3)] == [["run-4", "run-2", "run-0"]] * 3
        assert listed(since=1, until=4) == ["run-3", "run-2", "run-1"]
        assert listed(RunStatus.DONE, since=1) == ["run-4", "run-2"]
        assert listed(until=0) == []
        assert listed(user_id="bob", limit=1) == ["run-4"]
        assert listed(user_id="ada", limit=2) == ["run-5", "run-3", "run-2", "run-1", "run-0"]
        first = history.runs(session.project_id, None, Listing(RunStatus.STOPPED), after=None, limit=1, now=NOW).items[
            0
        ]
        assert (first.session_id, first.user_id, first.started_at, first.cards_used) == (
            session.session_id,
            "ada",
            begun[3].sent_at,
            begun[3].cards_used,
        )
        assert (first.usage, first.cost, first.processing_ms) == (a_reply().usage, a_reply().cost, 1234)
        running = history.runs(session.project_id, None, Listing(RunStatus.RUNNING), after=None, limit=1, now=NOW)
        assert (running.items[0].usage, running.items[0].cost) == (None, None)


class TestHistoryInMemory(HistoryContract):
    @pytest.fixture
    def history(self) -> HistoryAndLists:
        return FakeHistory()

    @pytest.fixture
    def commit(self) -> Commit:
        return committed


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestHistoryInDynamoDb(HistoryContract):
    @pytest.fixture
    def history(self, tables: dict[str, str]) -> HistoryAndLists:
        return DynamoChatHistory(tables["ChatHistoryTable"])

    @pytest.fixture
    def commit(self) -> Commit:
        return in_dynamodb

    def test_the_longest_article_fits(self, history: ChatHistory, commit: Commit, bucket: str) -> None:
        texts, session = ObjectTexts(bucket), a_session(str(uuid.uuid4()))
        for run_id, article in (("short", "a" * 150_000), ("long", "癌" * 200_000)):
            key = f"p1/{session.session_id}/{run_id}/input.txt"
            begun = replace(an_exchange(run_id, session), input=texts.keep(key, article), reply=None)
            commit(history.begin(begun))
            commit(history.complete(session.project_id, session.session_id, NOW, run_id, a_reply("w" * 150_000)))
            found = history.find(session.session_id, NOW, run_id, NOW)
            assert found
            assert (found.input.key is None) is (run_id == "short")
            assert texts.read(found.input) == article


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_a_text_that_is_gone_is_not_found(local_aws: str, bucket: str) -> None:  # noqa: ARG001  its environment
    with pytest.raises(NotFound):
        ObjectTexts(bucket).read(KeptText(None, "p1/s1/run-1/input.txt"))
