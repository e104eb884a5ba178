"""Long texts in S3; a rule of the bucket's deletes them when the history does."""

from contextlib import closing
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from personalization.articles.domain.texts import KeptText
from shared.aws.clients import client
from shared.aws.failures import status, unavailable_where_out_of_reach
from shared.errors import NotFound

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_MAX_INLINE_BYTES = 150_000
"""Article and answer together fit into a row of 400 KB, and leave room."""


class ObjectTexts:
    def __init__(self, bucket: str) -> None:
        self._bucket = bucket
        self._s3: S3Client = client("s3")

    def keep(self, key: str, text: str) -> KeptText:
        body = text.encode(errors="surrogatepass")
        if len(body) <= _MAX_INLINE_BYTES:
            return KeptText(text)
        with unavailable_where_out_of_reach():
            self._s3.put_object(Bucket=self._bucket, Key=key, Body=body, ContentType="text/plain; charset=utf-8")
        return KeptText(None, key)

    def read(self, text: KeptText) -> str:
        if text.key is None:
            return text.inline or ""
        try:
            with unavailable_where_out_of_reach():
                answer = self._s3.get_object(Bucket=self._bucket, Key=text.key)
                with closing(answer["Body"]) as body:
                    return body.read().decode()
        except ClientError as error:
            if status(error) == 404:
                raise NotFound("The text has expired.") from error
            raise
