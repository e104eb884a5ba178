"""Long texts in S3; a rule of the bucket's deletes them when the history does."""

from contextlib import closing
from itertools import batched
from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from personalization.articles.domain.texts import KeptText
from shared.aws.clients import client
from shared.aws.failures import status, unavailable_where_out_of_reach
from shared.errors import NotFound, Unavailable
from shared.s3.buckets import Bucket

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

    def remove(self, prefix: str) -> None:
        """All texts whose keys begin like this: two requests for each thousand. Raises Unavailable."""
        for keys in batched(Bucket(self._bucket, self._s3).keys(prefix), 1000, strict=False):
            with unavailable_where_out_of_reach():
                answer = self._s3.delete_objects(
                    Bucket=self._bucket, Delete={"Objects": [{"Key": key} for key in keys], "Quiet": True}
                )
            if answer.get("Errors"):
                raise Unavailable("Some texts could not be deleted; try again.", 2)

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
