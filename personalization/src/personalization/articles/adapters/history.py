"""The chat history in DynamoDB: an exchange under its session and time, and one row that is the session itself.

Sessions carry the keys of two indexes, of their user's and of their project's, which exchanges do not have.
"""

from datetime import datetime
from typing import Any

from personalization.articles.domain.history import (
    SESSION,
    Exchange,
    ExchangePage,
    Reply,
    Session,
    SessionPage,
    position_of,
)
from personalization.articles.domain.pricing import Cost
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import CardUsed
from shared.dynamodb.tables import Condition, Item, Table, attribute, set_to
from shared.dynamodb.transactions import Transaction
from shared.json.encoding import moment, rfc3339
from shared.models.model import Usage
from shared.persistence.unit_of_work import UnitOfWork, Write

_EXCHANGE = "exchange"
_THE_SESSION = "session"  # sorts after every time
_BY_USER, _BY_PROJECT = "ByUser", "ByProject"


class DynamoChatHistory:
    def __init__(self, table: str) -> None:
        self._table = Table(table)

    def claim(self, session: Session, now: datetime) -> Write:
        own = (attribute("userId") == session.user_id) & (attribute("projectId") == session.project_id)
        free = attribute("sessionId").missing() | (attribute("expiresAt") <= int(now.timestamp())) | own
        return lambda unit: Transaction.of(unit).put(SESSION, self._table, _session_item(session), free)

    def begin(self, exchange: Exchange) -> Write:
        item = _exchange_item(exchange)
        return lambda unit: Transaction.of(unit).put(_EXCHANGE, self._table, item, attribute("sessionId").missing())

    def complete(self, session_id: str, asked_at: datetime, run_id: str, reply: Reply) -> Write:
        changes = [set_to(name, value) for name, value in _reply_attributes(reply).items()]

        def write(unit_of_work: UnitOfWork) -> None:
            Transaction.of(unit_of_work).update(
                _EXCHANGE, self._table, _exchange_key(session_id, asked_at, run_id), changes
            )

        return write

    def find(self, session_id: str, asked_at: datetime, run_id: str, now: datetime) -> Exchange | None:
        """One consistent GetItem."""
        item = self._table.get(_exchange_key(session_id, asked_at, run_id))
        return _exchange(item) if item and _is_alive(item, now) else None

    def session(self, session_id: str, now: datetime) -> Session | None:
        """One consistent GetItem."""
        item = self._table.get({"sessionId": session_id, "timestamp": _THE_SESSION})
        return _session(item) if item and _is_alive(item, now) else None

    def recent(self, session: Session, most: int, now: datetime) -> tuple[Exchange, ...]:
        """One consistent query."""
        said = _of(session, now) & attribute("status").is_in(("done", "stopped"))
        exchanges = attribute("sessionId") == session.session_id
        keys = exchanges & (attribute("timestamp") < _THE_SESSION)
        items = self._table.query(
            keys, newest_first=True, limit=most, where=said & (attribute("assistantResponse") != "")
        )
        return tuple(_exchange(item) for item in items)

    def sessions(
        self, project_id: str, user_id: str | None, after: str | None, limit: int, now: datetime
    ) -> SessionPage:
        """One query of an index, which follows the table within a moment."""
        index, name, key = (
            (_BY_PROJECT, "sessionsOf", project_id)
            if user_id is None
            else (_BY_USER, "userSessionsOf", _user_key(project_id, user_id))
        )
        keys = attribute(name) == key
        if after is not None:
            keys = keys & (attribute("usedAt") < after)
        items = self._table.query(
            keys, index=index, newest_first=True, limit=limit + 1, where=attribute("expiresAt") > int(now.timestamp())
        )
        more = len(items) > limit
        return SessionPage(tuple(map(_session, items[:limit])), items[limit - 1]["usedAt"] if more else None)

    def exchanges(self, session: Session, after: str | None, limit: int, now: datetime) -> ExchangePage:
        """One consistent query."""
        keys = (attribute("sessionId") == session.session_id) & (attribute("timestamp") < (after or _THE_SESSION))
        items = self._table.query(keys, newest_first=True, limit=limit + 1, where=_of(session, now))
        more = len(items) > limit
        return ExchangePage(tuple(map(_exchange, items[:limit])), items[limit - 1]["timestamp"] if more else None)


def _of(session: Session, now: datetime) -> Condition:
    """The session's own exchanges: its id may have been another's before, whose last ones are not gone yet."""
    own = (attribute("userId") == session.user_id) & (attribute("projectId") == session.project_id)
    return own & (attribute("expiresAt") > int(now.timestamp()))


def _is_alive(item: Item, now: datetime) -> bool:
    return bool(item["expiresAt"] > int(now.timestamp()))


def _user_key(project_id: str, user_id: str) -> str:
    return f"{project_id}#{user_id}"


def _session_item(session: Session) -> Item:
    return {
        "sessionId": session.session_id,
        "timestamp": _THE_SESSION,
        "projectId": session.project_id,
        "userId": session.user_id,
        "startedAt": rfc3339(session.started_at),
        "lastMessageAt": rfc3339(session.last_message_at),
        "sessionsOf": session.project_id,
        "userSessionsOf": _user_key(session.project_id, session.user_id),
        "usedAt": f"{rfc3339(session.last_message_at)}#{session.session_id}",
        "expiresAt": int(session.expires_at.timestamp()),
    }


def _session(item: Item) -> Session:
    return Session(
        session_id=item["sessionId"],
        project_id=item["projectId"],
        user_id=item["userId"],
        started_at=moment(item["startedAt"]),
        last_message_at=moment(item["lastMessageAt"]),
    )


def _exchange_key(session_id: str, asked_at: datetime, run_id: str) -> Item:
    return {"sessionId": session_id, "timestamp": position_of(asked_at, run_id)}


def _exchange_item(exchange: Exchange) -> Item:
    return {
        **_exchange_key(exchange.session_id, exchange.asked_at, exchange.run_id),
        "runId": exchange.run_id,
        "projectId": exchange.project_id,
        "userId": exchange.user_id,
        **_text_attributes("userInput", exchange.input),
        "promptCardsUsed": [str(card) for card in exchange.cards_used],
        "status": "running",
        "expiresAt": int(exchange.expires_at.timestamp()),
        **(_reply_attributes(exchange.reply) if exchange.reply else {}),
    }


def _reply_attributes(reply: Reply) -> dict[str, Any]:
    return {
        **_text_attributes("assistantResponse", reply.answer),
        "processingTime": reply.processing_ms,
        "inputTokens": reply.usage.input_tokens,
        "outputTokens": reply.usage.output_tokens,
        "costMicros": reply.cost.micros,
        "currency": reply.cost.currency,
        "status": reply.status,
    }


def _exchange(item: Item) -> Exchange:
    return Exchange(
        session_id=item["sessionId"],
        run_id=item["runId"],
        project_id=item["projectId"],
        user_id=item["userId"],
        asked_at=moment(item["timestamp"].partition("#")[0]),
        input=_text(item, "userInput"),
        cards_used=tuple(CardUsed.parse(card) for card in item["promptCardsUsed"]),
        reply=None if item["status"] == "running" else _reply(item),
    )


def _reply(item: Item) -> Reply:
    return Reply(
        answer=_text(item, "assistantResponse"),
        processing_ms=item["processingTime"],
        usage=Usage(item["inputTokens"], item["outputTokens"]),
        cost=Cost(item["costMicros"], item["currency"]),
        status=item["status"],
    )


def _text_attributes(name: str, text: KeptText) -> dict[str, Any]:
    return {name: text.inline} if text.key is None else {f"{name}Key": text.key}


def _text(item: Item, name: str) -> KeptText:
    return KeptText(item.get(name), item.get(f"{name}Key"))
