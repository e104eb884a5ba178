"""What whoever keeps the chat history must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest

from personalization.articles.adapters.history import DynamoChatHistory
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.history import HISTORY_LIFE, SESSION, ChatHistory, Exchange, Session
from personalization.articles.domain.texts import KeptText
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound
from shared.persistence.unit_of_work import Write, WriteRefused
from tests.personalization.articles.examples import NOW, a_reply, a_session, an_exchange
from tests.personalization.articles.fakes import FakeHistory
from tests.shared.persistence.fake_transactions import committed

type Commit = Callable[..., None]


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
        commit(history.complete(*key, reply))
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


class TestHistoryInMemory(HistoryContract):
    @pytest.fixture
    def history(self) -> ChatHistory:
        return FakeHistory()

    @pytest.fixture
    def commit(self) -> Commit:
        return committed


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestHistoryInDynamoDb(HistoryContract):
    @pytest.fixture
    def history(self, tables: dict[str, str]) -> ChatHistory:
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
            commit(history.complete(session.session_id, NOW, run_id, a_reply("w" * 150_000)))
            found = history.find(session.session_id, NOW, run_id, NOW)
            assert found
            assert (found.input.key is None) is (run_id == "short")
            assert texts.read(found.input) == article


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
def test_a_text_that_is_gone_is_not_found(local_aws: str, bucket: str) -> None:  # noqa: ARG001  its environment
    with pytest.raises(NotFound):
        ObjectTexts(bucket).read(KeptText(None, "p1/s1/run-1/input.txt"))
