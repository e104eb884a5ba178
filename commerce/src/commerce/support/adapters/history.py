"""The chat history in DynamoDB: an exchange under its session and time, and one row that is the session itself."""

from datetime import datetime

from commerce.support.adapters.records import THE_SESSION, ChatRecord, ExchangeRecord, SessionRecord
from commerce.support.domain.history import SESSION, Exchange, Page, Reply, Session, position_of
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.persistence.unit_of_work import Write

_EXCHANGE = "exchange"


class DynamoChatHistory:
    def __init__(self, table: str) -> None:
        self._sessions, self._exchanges = SessionRecord.at(table), ExchangeRecord.at(table)

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One consistent GetItem."""
        record = self._sessions.find(session_id, THE_SESSION)
        return record.to_session() if record and record.expires_at > now else None

    def claim(self, session: Session, now: datetime) -> Write:
        is_own = ChatRecord.user_id == session.user_id
        free = SessionRecord.session_id.does_not_exist() | (SessionRecord.expires_at <= now) | is_own
        record = self._sessions.of(session)
        return lambda unit_of_work: Transaction.of(unit_of_work).save(SESSION, record, free)

    def begin(self, exchange: Exchange) -> Write:
        record, free = self._exchanges.of(exchange), ExchangeRecord.session_id.does_not_exist()
        return lambda unit_of_work: Transaction.of(unit_of_work).save(_EXCHANGE, record, free)

    def complete(self, session_id: str, sent_at: datetime, run_id: str, reply: Reply) -> Write:
        record = self._exchanges(session_id, position_of(sent_at, run_id))
        actions = ExchangeRecord.reply_actions(reply)
        return lambda unit_of_work: Transaction.of(unit_of_work).change(_EXCHANGE, record, actions)

    def recent(self, session_id: str, user_id: str, limit: int, now: datetime) -> tuple[Exchange, ...]:
        """One consistent query."""
        said = ExchangeRecord.status.is_in("done", "stopped") & (ExchangeRecord.response != "")
        own = (ChatRecord.user_id == user_id) & (ChatRecord.expires_at > now) & said
        before = ExchangeRecord.timestamp < THE_SESSION
        records = select(self._exchanges, session_id, before, newest_first=True, limit=limit, where=own)
        return tuple(record.to_exchange() for record in reversed(records))

    def sessions(self, user_id: str, after: str | None, limit: int, now: datetime) -> Page[Session]:
        """One query of an index, which follows the table within a moment."""
        before = None if after is None else SessionRecord.used_at < after
        alive = SessionRecord.expires_at > now
        records = select(self._sessions.by_user, user_id, before, newest_first=True, limit=limit + 1, where=alive)
        last = records[limit - 1].used_at if len(records) > limit else None
        return Page(tuple(record.to_session() for record in records[:limit]), last)

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> Page[Exchange]:
        """One consistent query; the id may have been another's session before, whose exchanges are not gone yet."""
        before = ExchangeRecord.timestamp < (after or THE_SESSION)
        own = (ChatRecord.user_id == session.user_id) & (ChatRecord.expires_at > now)
        records = select(self._exchanges, session.session_id, before, newest_first=True, limit=limit + 1, where=own)
        last = records[limit - 1].timestamp if len(records) > limit else None
        return Page(tuple(record.to_exchange() for record in records[:limit]), last)
