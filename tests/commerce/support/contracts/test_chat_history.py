"""What whoever keeps chats must do, in memory and in DynamoDB."""

import uuid
from collections.abc import Iterator
from datetime import timedelta

import pytest

from commerce.support.adapters.history import DynamoChatHistory
from commerce.support.domain.history import HISTORY_LIFE, SESSION, ChatHistory, Exchange, Reply, Session
from local.workspace import ROOT
from shared.dynamodb.transactions import Transaction
from shared.models.model import Usage
from shared.persistence.unit_of_work import Write, WriteRefused
from tests.commerce.examples import NOW
from tests.commerce.support.fakes import FakeHistory
from tests.shared.dynamodb.dynamodb_tables import tables_like

DONE = Reply("done", "It costs 3.95 pounds.", "1 page", Usage(210, 45))


def written(*writes: Write) -> None:
    transaction = Transaction()
    for write in writes:
        write(transaction)
    if transaction._writes():
        transaction.commit()


def exchange(session_id: str, number: int, reply: Reply | None = None, user_id: str = "ada") -> Exchange:
    sent_at = NOW + timedelta(seconds=number)
    return Exchange(
        session_id=session_id, run_id=f"run-{number}", user_id=user_id, sent_at=sent_at, input=f"{number}?", reply=reply
    )


class ChatHistoryContract:
    @pytest.fixture
    def session_id(self) -> str:
        return uuid.uuid4().hex

    def test_a_session_is_its_users_until_it_has_expired(self, history: ChatHistory, session_id: str) -> None:
        assert history.session(session_id, NOW) is None
        mine = Session(session_id, "ada", NOW, NOW)
        written(history.claim(mine, NOW))
        assert history.session(session_id, NOW) == mine
        later = Session(session_id, "ada", NOW, NOW + timedelta(minutes=1))
        written(history.claim(later, NOW))
        assert history.session(session_id, NOW) == later
        with pytest.raises(WriteRefused) as refusal:
            written(history.claim(Session(session_id, "ben", NOW, NOW), NOW))
        assert refusal.value.refused == {SESSION}
        over = NOW + HISTORY_LIFE + timedelta(minutes=2)
        assert history.session(session_id, over) is None
        written(history.claim(Session(session_id, "ben", over, over), over))

    def test_an_exchange_is_begun_and_completed(self, history: ChatHistory, session_id: str) -> None:
        begun = exchange(session_id, 1)
        written(history.begin(begun))
        session = Session(session_id, "ada", NOW, NOW)
        assert history.exchanges(session, None, 10, NOW).items == (begun,)
        written(history.complete(session_id, begun.sent_at, begun.run_id, DONE))
        assert history.exchanges(session, None, 10, NOW).items == (exchange(session_id, 1, DONE),)

    def test_exchanges_come_in_pages_newest_first(self, history: ChatHistory, session_id: str) -> None:
        written(history.claim(Session(session_id, "ada", NOW, NOW), NOW))
        for number in range(5):
            written(history.begin(exchange(session_id, number, DONE)))
        session, position, seen = Session(session_id, "ada", NOW, NOW), None, list[str]()
        while True:
            page = history.exchanges(session, position, 2, NOW)
            seen += [each.run_id for each in page.items]
            position = page.next_position
            if position is None:
                break
        assert seen == ["run-4", "run-3", "run-2", "run-1", "run-0"]

    def test_what_later_answers_build_on(self, history: ChatHistory, session_id: str) -> None:
        replies = [DONE, Reply("stopped", "It"), Reply("failed", "It"), Reply("stopped", ""), None]
        for number, reply in enumerate(replies):
            written(history.begin(exchange(session_id, number, reply)))
        written(history.begin(exchange(session_id, 9, DONE, "ben")))
        recent = history.recent(session_id, "ada", 25, NOW)
        assert [each.run_id for each in recent] == ["run-0", "run-1"]
        assert [each.run_id for each in history.recent(session_id, "ada", 1, NOW)] == ["run-1"]
        assert history.recent(session_id, "ada", 25, NOW + HISTORY_LIFE + timedelta(minutes=1)) == ()

    def test_a_users_sessions_come_in_pages_the_latest_used_first(self, history: ChatHistory) -> None:
        user_id = uuid.uuid4().hex
        ids = [uuid.uuid4().hex for _ in range(3)]
        for number, session_id in enumerate(ids):
            written(history.claim(Session(session_id, user_id, NOW, NOW + timedelta(seconds=number)), NOW))
        first = history.sessions(user_id, None, 2, NOW)
        assert [each.session_id for each in first.items] == ids[:0:-1]
        rest = history.sessions(user_id, first.next_position, 2, NOW)
        assert ([each.session_id for each in rest.items], rest.next_position) == (ids[:1], None)


class TestFakeHistory(ChatHistoryContract):
    @pytest.fixture
    def history(self) -> ChatHistory:
        return FakeHistory()


class TestDynamoChatHistory(ChatHistoryContract):
    @pytest.fixture
    def history(self, local_aws: str) -> Iterator[ChatHistory]:
        with tables_like(local_aws, ROOT / "commerce" / "support.yaml", ["ChatHistoryTable"]) as tables:
            yield DynamoChatHistory(tables["ChatHistoryTable"])
