"""What clients send of articles."""

from typing import Annotated

from pydantic import AfterValidator, Field

from personalization.articles.domain.starting import ArticleRequest
from shared.http.fields import Body, SessionId, written

MAX_ARTICLE_CHARACTERS = 200_000


type Values = Annotated[
    dict[str, Annotated[str, Field(max_length=1000), AfterValidator(written)]], Field(max_length=50)
]


class StartArticleRun(Body):
    MAX_BODY_BYTES = 3 * 1024 * 1024  # 200,000 characters, each of them escaped

    article: Annotated[str, Field(min_length=1, max_length=MAX_ARTICLE_CHARACTERS), AfterValidator(written)]
    session_id: SessionId
    variables: Annotated[Values, Field(default_factory=dict)]

    def to_request(self, project_id: str) -> ArticleRequest:
        return ArticleRequest(project_id, self.session_id, self.article, self.variables)
