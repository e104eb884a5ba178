"""Long texts in S3; a rule of the bucket's deletes them when the history does."""

from urllib.parse import quote

from personalization.articles.domain.texts import KeptText
from shared.aws.service import AwsError, Service
from shared.errors import NotFound

_LONGEST_INLINE_BYTES = 150_000
"""Article and answer together fit into a row of 400 KB, and leave room."""


class ObjectTexts:
    def __init__(self, bucket: str, client: Service | None = None) -> None:
        self._bucket, self._client = bucket, client or Service("s3")

    def keep(self, key: str, text: str) -> KeptText:
        body = text.encode(errors="surrogatepass")
        if len(body) <= _LONGEST_INLINE_BYTES:
            return KeptText(text)
        self._client.request("PUT", self._path(key), headers={"Content-Type": "text/plain; charset=utf-8"}, body=body)
        return KeptText(None, key)

    def read(self, text: KeptText) -> str:
        if text.key is None:
            return text.inline or ""
        try:
            return self._client.request("GET", self._path(text.key)).body.decode()
        except AwsError as error:
            if error.code == "NoSuchKey" or error.status == 404:
                raise NotFound("The text has expired.") from error
            raise

    def _path(self, key: str) -> str:
        return quote(f"/{self._bucket}/{key}")
