"""What clients send of articles."""

from typing import Annotated

from pydantic import AfterValidator, Field

from personalization.articles.domain.history import MAX_TITLE
from personalization.articles.domain.listing import Listing, RunStatus
from personalization.articles.domain.starting import ArticleRequest
from personalization.prompts.domain.cards import Selection
from personalization.prompts.domain.prompts import LABEL, LABEL_IN_WORDS, MAX_PROMPTS, PRODUCTION
from shared.http.fields import Body, Line, SessionId, Version, written
from shared.http.forms import Either, Form
from shared.http.parameters import optional_choice
from shared.http.periods import FROM, TO, read_period
from shared.http.request import Request

MAX_ARTICLE_CHARACTERS = 200_000


type Values = Annotated[
    dict[str, Annotated[str, Field(max_length=1000), AfterValidator(written)]], Field(max_length=50)
]


type _Label = Annotated[str, Form(LABEL, LABEL_IN_WORDS)]
type _VersionOrLabel = Annotated[Version | _Label, Either("the number of a version, from 1, or a label")]


_STATUS = optional_choice("status", RunStatus)
LISTING = (_STATUS, FROM, TO)


def read_listing(request: Request) -> Listing:
    """Which runs a list has. Raises Invalid."""
    return Listing(request.value(_STATUS), read_period(request))


class RenameSession(Body):
    title: Annotated[str, Line(MAX_TITLE)]


class StartArticleRun(Body):
    """With what is in production; or, for editors, with what `label` points at, `latest` for drafts.

    A prompt without that label is taken from production. `versions` chooses for single prompts: a number or a label.
    """

    MAX_BODY_BYTES = 3 * 1024 * 1024  # 200,000 characters, each of them escaped

    article: Annotated[str, Field(min_length=1, max_length=MAX_ARTICLE_CHARACTERS), AfterValidator(written)]
    session_id: SessionId
    variables: Annotated[Values, Field(default_factory=dict)]
    label: _Label = PRODUCTION
    versions: Annotated[dict[str, _VersionOrLabel], Field(max_length=MAX_PROMPTS, default_factory=dict)]

    def to_request(self, project_id: str) -> ArticleRequest:
        selection = Selection(self.label, self.versions)
        return ArticleRequest(project_id, self.session_id, self.article, self.variables, selection)
