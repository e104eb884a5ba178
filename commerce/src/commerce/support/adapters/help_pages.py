"""The help pages in an S3 bucket: Markdown, whose first line is the title. What a knowledge base would replace.

They are few and change rarely: all are kept in memory, and looked at again after a minute.
"""

from collections.abc import Callable

from commerce.support.domain.help_pages import HelpPage, Ranking
from shared.aws.threads import Threads
from shared.errors import Unavailable
from shared.s3.buckets import Bucket

PREFIX, SUFFIX = "help/", ".md"
_RECHECK_SECONDS = 60.0
_READ_AT_ONCE = 8


class S3HelpPages:
    """`seconds` is a clock that never goes back."""

    def __init__(self, bucket: Bucket, seconds: Callable[[], float]) -> None:
        self._bucket, self._seconds = bucket, seconds
        self._ranking: Ranking | None = None
        self._read_at = 0.0

    def find(self, question: str, limit: int) -> tuple[HelpPage, ...]:
        """Without requests, or a list and a read of each page, several at once."""
        ranking = self._ranking
        if ranking is None or self._seconds() - self._read_at > _RECHECK_SECONDS:
            try:
                ranking = Ranking(self._read())
            except Unavailable:
                if ranking is None:
                    raise
            self._ranking, self._read_at = ranking, self._seconds()
        return ranking.best(question, limit)

    def _read(self) -> list[HelpPage]:
        keys = [key for key in self._bucket.keys(PREFIX) if key.endswith(SUFFIX)]
        with Threads(_READ_AT_ONCE) as pool:
            contents = list(pool.map(self._bucket.latest, keys))
        return [page_of(key, content) for key, content in zip(keys, contents, strict=True) if content]


def page_of(key: str, content: bytes) -> HelpPage:
    title, _, text = content.decode(errors="replace").strip().partition("\n")
    return HelpPage(key.removeprefix(PREFIX).removesuffix(SUFFIX), title.lstrip("# ").strip(), text.strip())
