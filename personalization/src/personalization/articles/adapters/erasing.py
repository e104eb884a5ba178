"""Erases the articles that somebody has had written, and their place in projects."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING

from personalization.articles.adapters.records import ExchangeRecord, SessionRecord, user_key
from personalization.prompts.domain.membership import MemberService
from personalization.prompts.domain.projects import Projects
from shared.auth.callers import Caller
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.dynamodb.records import select
from shared.errors import Conflict, NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_PAGE, _MAX_PAGES = 100, 20


class ArticleErasing:
    """The only owner of a project stays its owner, an id that leads to nobody, until an admin names another."""

    def __init__(self, chat_history_table: str, bucket: str, projects: Projects, members: MemberService) -> None:
        self._sessions, self._exchanges = SessionRecord.at(chat_history_table), ExchangeRecord.at(chat_history_table)
        self._s3: S3Client = client("s3")
        self._bucket, self._projects, self._members = bucket, projects, members

    def erase(self, user_id: str, now: datetime) -> bool:  # noqa: ARG002  the protocol's
        """Sessions are found by the projects, which are left last. False where there are so many that some remain."""
        after: str | None = None
        for _ in range(_MAX_PAGES):
            page = self._projects.page(user_id, after, _PAGE)
            for project in page.items:
                for session in select(self._sessions.by_user, user_key(project.project_id, user_id)):
                    self._erase_session(session.session_id, user_id)
                with suppress(Conflict, NotFound):
                    self._members.remove(Caller(user_id), project.project_id, user_id)
            after = page.next_position
            if after is None:
                return True
        return False

    def _erase_session(self, session_id: str, user_id: str) -> None:
        """Its own row, by which it is found, sorts last."""
        for each in select(self._exchanges, session_id, where=ExchangeRecord.user_id == user_id):
            for key in filter(None, (each.user_input_key, each.response_key)):
                with unavailable_where_out_of_reach():
                    self._s3.delete_object(Bucket=self._bucket, Key=key)
            each.remove()
