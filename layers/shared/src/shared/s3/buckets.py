"""Objects in a versioned S3 bucket: each is written for good, and read and deleted by its version.

Others put objects there by a form that says what they may send, or get none.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Literal
from urllib.parse import quote

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import status, unavailable_where_out_of_reach
from shared.aws.threads import Threads
from shared.s3.upload_form import UploadForm

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

_DELETED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    key: str
    version_id: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class CurrentVersion:
    """The latest version of an object that is there. The `etag` is the same for the same content."""

    key: str
    version_id: str
    etag: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """The latest version of an object, without its content."""

    version_id: str
    size_bytes: int


class Bucket:
    """One bucket, which keeps versions. Every method raises Unavailable where S3 is out of reach or too busy."""

    def __init__(self, name: str, s3: "S3Client | None" = None) -> None:
        self.name = name
        self._s3: S3Client = s3 or client("s3")

    def put(self, key: str, body: bytes, content_type: str) -> str:
        """The id of the new version. Where an answer was lost, there may be another version that nobody knows of."""
        with unavailable_where_out_of_reach():
            answer = self._s3.put_object(Bucket=self.name, Key=key, Body=body, ContentType=content_type)
        if "VersionId" not in answer:
            raise RuntimeError(f"the bucket of {key} keeps no versions")
        return answer["VersionId"]

    def put_new(self, key: str, body: bytes, content_type: str, cache_control: str) -> bool:
        """Write an object unless there is one: False where there is, also one that a lost answer was about."""
        try:
            with unavailable_where_out_of_reach():
                self._s3.put_object(
                    Bucket=self.name,
                    Key=key,
                    Body=body,
                    ContentType=content_type,
                    CacheControl=cache_control,
                    IfNoneMatch="*",
                )
        except ClientError as error:
            if status(error) != 412:
                raise
            return False
        return True

    def form(
        self,
        key: str,
        content_type: str,
        *,
        max_bytes: int,
        expires_in_seconds: int,
        more_fields: Mapping[str, str] | None = None,
    ) -> UploadForm:
        """A form that puts this object, of at least a byte, with the rights of this function. Calls nobody.

        Until the form expires it can be posted again, and makes another version each time; it expires with the
        function's credentials at the latest.
        """
        fields = {"Content-Type": content_type, **(more_fields or {})}
        conditions = [["content-length-range", 1, max_bytes], *({name: value} for name, value in fields.items())]
        signed = self._s3.generate_presigned_post(
            self.name, key, Fields=fields, Conditions=conditions, ExpiresIn=expires_in_seconds
        )
        return UploadForm(signed["url"], signed["fields"])

    def link(self, key: str, version_id: str, *, file_name: str, expires_in_seconds: int) -> str:
        """A URL under which anybody downloads this version as a file, with this function's rights. Calls nobody."""
        wanted = {
            "Bucket": self.name,
            "Key": key,
            "VersionId": version_id,
            "ResponseContentDisposition": f"attachment; filename*=UTF-8''{quote(file_name, safe='')}",
        }
        return self._s3.generate_presigned_url("get_object", Params=wanted, ExpiresIn=expires_in_seconds)

    def head(self, key: str) -> ObjectHead | None:
        """None where there is nothing; AWS tells so only those who may list the bucket."""
        try:
            with unavailable_where_out_of_reach():
                head = self._s3.head_object(Bucket=self.name, Key=key)
        except ClientError as error:
            if status(error) != 404:
                raise
            return None
        return ObjectHead(head.get("VersionId", ""), head["ContentLength"])

    def get(self, key: str, version_id: str, max_bytes: int | None = None) -> bytes | None:
        """None where there is no such version; no more than `max_bytes` of it."""
        return self._read(lambda: self._s3.get_object(Bucket=self.name, Key=key, VersionId=version_id), max_bytes)

    def latest(self, key: str) -> bytes | None:
        return self._read(lambda: self._s3.get_object(Bucket=self.name, Key=key))

    def _read(self, get: Callable[[], Mapping[str, Any]], max_bytes: int | None = None) -> bytes | None:
        try:
            with unavailable_where_out_of_reach(), closing(get()["Body"]) as body:
                content: bytes = body.read(max_bytes)
                return content
        except ClientError as error:
            if status(error) != 404:
                raise
            return None

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """Every version of every object whose key begins like this, by key; a request for each thousand."""
        for page in self._pages("list_object_versions", prefix):
            for found in page.get("Versions", ()):
                yield ObjectVersion(found["Key"], found["VersionId"], found["LastModified"].astimezone(UTC))

    def current_versions(self, prefix: str = "") -> Iterator[CurrentVersion]:
        """Of the objects whose key begins like this, by key; a request for each thousand versions."""
        for page in self._pages("list_object_versions", prefix):
            for found in page.get("Versions", ()):
                if found["IsLatest"]:
                    etag = found["ETag"].strip('"')
                    yield CurrentVersion(found["Key"], found["VersionId"], etag, found["Size"])

    def keys(self, prefix: str) -> Iterator[str]:
        """Of the objects whose key begins like this, by key; a request for each thousand."""
        for page in self._pages("list_objects_v2", prefix):
            yield from (found["Key"] for found in page.get("Contents", ()))

    def hide(self, key: str) -> None:
        """Nobody finds the object any more; its versions stay until they are deleted. It need not exist."""
        with unavailable_where_out_of_reach():
            self._s3.delete_object(Bucket=self.name, Key=key)

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        """For good, several at once. What is gone already may be named."""
        if versions:
            with Threads(min(len(versions), _DELETED_AT_ONCE)) as pool:
                list(pool.map(lambda version: self.delete_version(version.key, version.version_id), versions))

    def delete_version(self, key: str, version_id: str) -> None:
        """For good. It may be gone already."""
        with unavailable_where_out_of_reach():
            self._s3.delete_object(Bucket=self.name, Key=key, VersionId=version_id)

    def _pages(self, listing: Literal["list_object_versions", "list_objects_v2"], prefix: str) -> Iterator[Any]:
        paginator: Any = self._s3.get_paginator(listing)
        pages = iter(paginator.paginate(Bucket=self.name, Prefix=prefix))
        while True:
            with unavailable_where_out_of_reach():
                page = next(pages, None)
            if page is None:
                return
            yield page
