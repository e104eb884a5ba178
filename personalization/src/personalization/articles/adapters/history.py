"""The chat history in DynamoDB: an exchange under its session and time, and one row that is the session itself."""

import heapq
from datetime import datetime
from itertools import islice

from pynamodb.expressions.condition import Condition

from personalization.articles.adapters.records import (
    THE_SESSION,
    ChatRecord,
    ExchangeRecord,
    SessionRecord,
    status_key,
    user_key,
)
from personalization.articles.domain.history import (
    SESSION,
    Exchange,
    ExchangePage,
    Reply,
    Session,
    SessionPage,
    position_of,
)
from personalization.articles.domain.listing import Listing, RunPage, RunStatus
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, select
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound
from shared.json.encoding import rfc3339
from shared.persistence.unit_of_work import Write

_EXCHANGE = "exchange"


class DynamoChatHistory:
    def __init__(self, table: str) -> None:
        self._sessions, self._exchanges = SessionRecord.at(table), ExchangeRecord.at(table)

    def claim(self, session: Session, now: datetime) -> Write:
        free = SessionRecord.session_id.does_not_exist() | (SessionRecord.expires_at <= now) | _is_of(session)
        record = self._sessions.of(session)
        return lambda unit_of_work: Transaction.of(unit_of_work).save(SESSION, record, free)

    def resume(self, session: Session) -> Write:
        record, actions = self._sessions(session.session_id, THE_SESSION), SessionRecord.use_actions(session)
        return lambda unit_of_work: Transaction.of(unit_of_work).change(SESSION, record, actions, _is_of(session))

    def rename(self, session: Session, title: str) -> Session:
        """One conditional update."""
        record = self._sessions(session.session_id, THE_SESSION)
        try:
            return record.change(SessionRecord.title.set(title), condition=_is_of(session)).to_session()
        except ConditionFailed as error:
            raise NotFound("There is no such session.") from error

    def begin(self, exchange: Exchange) -> Write:
        record, free = self._exchanges.of(exchange), ExchangeRecord.session_id.does_not_exist()
        return lambda unit_of_work: Transaction.of(unit_of_work).save(_EXCHANGE, record, free)

    def complete(self, project_id: str, session_id: str, sent_at: datetime, run_id: str, reply: Reply) -> Write:
        record = self._exchanges(session_id, position_of(sent_at, run_id))
        actions = ExchangeRecord.reply_actions(project_id, reply)
        return lambda unit_of_work: Transaction.of(unit_of_work).change(_EXCHANGE, record, actions)

    def find(self, session_id: str, sent_at: datetime, run_id: str, now: datetime) -> Exchange | None:
        """One consistent GetItem."""
        record = self._exchanges.find(session_id, position_of(sent_at, run_id))
        return record.to_exchange() if record and record.expires_at > now else None

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One consistent GetItem."""
        record = self._sessions.find(session_id, THE_SESSION)
        return record.to_session() if record and record.expires_at > now else None

    def recent(self, session: Session, limit: int, now: datetime) -> tuple[Exchange, ...]:
        """One consistent query."""
        said = ExchangeRecord.status.is_in("done", "stopped") & (ExchangeRecord.response != "")
        records = select(
            self._exchanges,
            session.session_id,
            ExchangeRecord.timestamp < THE_SESSION,
            newest_first=True,
            limit=limit,
            where=_is_alive_and_of(session, now) & said,
        )
        return tuple(record.to_exchange() for record in records)

    def sessions(
        self, project_id: str, user_id: str | None, after: str | None, limit: int, now: datetime
    ) -> SessionPage:
        """One query of an index, which follows the table within a moment."""
        index, key = (
            (self._sessions.by_project, project_id)
            if user_id is None
            else (self._sessions.by_user, user_key(project_id, user_id))
        )
        before = None if after is None else SessionRecord.used_at < after
        alive = SessionRecord.expires_at > now
        records = select(index, key, before, newest_first=True, limit=limit + 1, where=alive)
        more = len(records) > limit
        sessions = tuple(record.to_session() for record in records[:limit])
        return SessionPage(sessions, records[limit - 1].used_at if more else None)

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> ExchangePage:
        """One consistent query."""
        before = ExchangeRecord.timestamp < (after or THE_SESSION)
        own = _is_alive_and_of(session, now)
        records = select(self._exchanges, session.session_id, before, newest_first=True, limit=limit + 1, where=own)
        more = len(records) > limit
        exchanges = tuple(record.to_exchange() for record in records[:limit])
        return ExchangePage(exchanges, records[limit - 1].timestamp if more else None)

    def runs(
        self, project_id: str, user_id: str | None, listing: Listing, *, after: str | None, limit: int, now: datetime
    ) -> RunPage:
        """A Query of the index; of all statuses, four at once, whose pages are merged.

        One user's are looked for among all of the project's.
        """
        own = None if user_id is None else ChatRecord.user_id == user_id
        first = rfc3339(listing.period.since) if listing.period.since else "0"
        last = after or (rfc3339(listing.period.until) if listing.period.until else "9")
        within = ExchangeRecord.timestamp.between(first, last)

        def read(status: RunStatus) -> list[ExchangeRecord]:
            key = status_key(project_id, status)
            return select(self._exchanges.by_status, key, within, newest_first=True, limit=limit + 2, where=own)

        pages = readers().map(read, [listing.status] if listing.status else RunStatus)
        merged = heapq.merge(*pages, key=lambda each: each.timestamp, reverse=True)
        alive = (each for each in merged if each.timestamp != after and each.expires_at > now)
        found = tuple(each.to_summary() for each in islice(alive, limit + 1))
        return RunPage(found[:limit], found[limit - 1].position if len(found) > limit else None)


def _is_of(session: Session) -> Condition:
    own: Condition = (ChatRecord.user_id == session.user_id) & (ChatRecord.project_id == session.project_id)
    return own


def _is_alive_and_of(session: Session, now: datetime) -> Condition:
    """The session's own exchanges: its id may have been another's before, whose last ones are not gone yet."""
    alive: Condition = _is_of(session) & (ChatRecord.expires_at > now)
    return alive
