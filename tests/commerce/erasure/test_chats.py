"""What the support chat has of somebody, and how it goes."""

from collections.abc import Iterator
from datetime import timedelta

import pytest

from commerce.support.adapters.erasing import ChatErasing
from commerce.support.adapters.records import ChatRecord, ExchangeRecord, SessionRecord
from commerce.support.domain.history import Exchange, Session
from local.workspace import ROOT
from tests.shared.dynamodb.dynamodb_tables import tables_like
from tests.shared.erasing import LARGE, NOW, ErasingContract, Owned, rows


class OwnedChats:
    def __init__(self, table: str) -> None:
        self.part = ChatErasing(table)
        self._chats, self._sessions = ChatRecord.at(table), SessionRecord.at(table)
        self._exchanges = ExchangeRecord.at(table)

    def give(self, user_id: str, *, many: bool = False) -> None:
        for session_id in (f"first-of-{user_id}", f"second-of-{user_id}"):
            self._sessions.of(Session(session_id, user_id, NOW, NOW)).put()
            for number in range(30 if many else 2):
                self.say(session_id, user_id, number, LARGE if many else "Hello")

    def say(self, session_id: str, user_id: str, number: int, text: str) -> None:
        at = NOW + timedelta(seconds=number)
        exchange = Exchange(session_id=session_id, run_id=f"run-{number}", user_id=user_id, sent_at=at, input=text)
        self._exchanges.of(exchange).put()

    def kept(self) -> list[str]:
        return rows(self._chats)


@pytest.mark.emulator
class TestChats(ErasingContract):
    @pytest.fixture
    def owned(self, local_aws: str) -> Iterator[Owned]:
        with tables_like(local_aws, ROOT / "commerce" / "support.yaml", ["ChatHistoryTable"]) as tables:
            yield OwnedChats(tables["ChatHistoryTable"])

    def test_what_another_has_said_under_an_id_that_has_expired_since_stays(self, owned: OwnedChats) -> None:
        owned.say("first-of-ada", "bob", 99, "Hello")
        others = owned.kept()
        owned.give("ada")

        assert owned.part.erase("ada", NOW)
        assert owned.kept() == others
