"""Erases what somebody has written to the support chat."""

from datetime import datetime

from commerce.support.adapters.records import ChatRecord, ExchangeRecord, SessionRecord
from shared.dynamodb.records import select


class ChatErasing:
    def __init__(self, chat_history_table: str) -> None:
        self._sessions, self._exchanges = SessionRecord.at(chat_history_table), ExchangeRecord.at(chat_history_table)

    def erase(self, user_id: str, _: datetime) -> bool:
        """The session's own row, by which it is found, sorts last."""
        keys = [ChatRecord.session_id, ChatRecord.timestamp]
        for session in select(self._sessions.by_user, user_id):
            for row in select(
                self._exchanges, session.session_id, where=ChatRecord.user_id == user_id, attributes=keys
            ):
                row.remove()
        return True
