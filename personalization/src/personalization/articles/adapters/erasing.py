"""Erases sessions with their articles: one, all of somebody, all of a project."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import datetime
from typing import Protocol

from personalization.articles.adapters.records import THE_SESSION, ExchangeRecord, SessionRecord, user_key
from personalization.articles.adapters.texts import ObjectTexts
from personalization.articles.domain.history import Session
from personalization.prompts.domain.membership import MemberService
from personalization.prompts.domain.projects import Projects
from shared.auth.callers import Caller
from shared.dynamodb.connection import readers
from shared.dynamodb.records import ConditionFailed, select
from shared.errors import Conflict, NotFound
from shared.resilience.deadline import Deadline
from shared.runs.run import LIFE

_PAGE, _MAX_PAGES = 100, 20
_SUPPORTER_SECONDS = 60.0  # of the function's 120


class Runs(Protocol):
    def forget(self, run_id: str) -> None:
        """Delete a run with what it has said, if it is there. Raises Unavailable."""
        ...


class SessionErasing:
    """A session's own row, by which it is found, goes last: what breaks off is carried on by the next attempt."""

    def __init__(self, chat_history_table: str, texts: ObjectTexts, runs: Runs) -> None:
        self._sessions, self._exchanges = SessionRecord.at(chat_history_table), ExchangeRecord.at(chat_history_table)
        self._texts, self._runs = texts, runs

    def erase(self, session: Session, now: datetime, deadline: Deadline) -> bool:
        """For each hundred messages, a query and their deletes, and of those of the last day the runs'."""
        while exchanges := self._some_of(session):
            if deadline.remaining_seconds <= 0:
                return False
            for exchange in exchanges:
                if exchange.sent_at + LIFE > now:
                    self._runs.forget(exchange.run_id)
            list(readers().map(lambda each: each.remove(), exchanges))
        self._texts.remove(f"{session.project_id}/{session.session_id}/")
        unused = SessionRecord.used_at.does_not_exist() | (SessionRecord.last_message_at == session.last_message_at)
        try:
            self._sessions(session.session_id, THE_SESSION).remove(unused)
        except ConditionFailed:
            return False
        return True

    def _some_of(self, session: Session) -> Sequence[ExchangeRecord]:
        """Of its own: the session's id may have been another's before."""
        own = (ExchangeRecord.user_id == session.user_id) & (ExchangeRecord.project_id == session.project_id)
        before = ExchangeRecord.timestamp < THE_SESSION
        wanted = [ExchangeRecord.session_id, ExchangeRecord.timestamp, ExchangeRecord.run_id]
        return select(self._exchanges, session.session_id, before, limit=_PAGE, where=own, attributes=wanted)

    def of_user(self, project_id: str, user_id: str) -> Iterator[Session]:
        """As the index has them, which follows the table within a moment."""
        for record in select(self._sessions.by_user, user_key(project_id, user_id)):
            yield record.to_session()

    def of_project(self, project_id: str) -> Iterator[Session]:
        """As the index has them, the least recently used first: a query for each hundred."""
        after = "0"  # before all times
        while page := select(self._sessions.by_project, project_id, SessionRecord.used_at > after, limit=_PAGE):
            for record in page:
                yield record.to_session()
            after = page[-1].used_at


class ArticleErasing:
    """The only owner of a project stays its owner, an id that leads to nobody, until an admin names another."""

    def __init__(self, sessions: SessionErasing, projects: Projects, members: MemberService) -> None:
        self._sessions, self._projects, self._members = sessions, projects, members

    def erase(self, user_id: str, now: datetime) -> bool:
        """Sessions are found by the projects, which are left last. False where there are so many that some remain."""
        after: str | None = None
        deadline = Deadline(_SUPPORTER_SECONDS)
        for _ in range(_MAX_PAGES):
            page = self._projects.page(user_id, after, _PAGE)
            for project in page.items:
                for session in self._sessions.of_user(project.project_id, user_id):
                    if not self._sessions.erase(session, now, deadline):
                        return False
                with suppress(Conflict, NotFound):
                    self._members.remove(Caller(user_id), project.project_id, user_id)
            after = page.next_position
            if after is None:
                return True
        return False


class ProjectArticlesErasing:
    """What a project that was removed has of articles."""

    def __init__(self, sessions: SessionErasing, texts: ObjectTexts) -> None:
        self._sessions, self._texts = sessions, texts

    def erase_project(self, project_id: str, now: datetime, deadline: Deadline) -> bool:
        """Texts last, also those that no message names."""
        for session in self._sessions.of_project(project_id):
            if not self._sessions.erase(session, now, deadline):
                return False
        self._texts.remove(f"{project_id}/")
        return True
