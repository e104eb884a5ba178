"""Objects in a versioned S3 bucket: each is written for good, and read and deleted by its version.

Others put objects there by a form that says what they may send, or get none.
"""

from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from shared.aws.credentials import current_credentials
from shared.aws.service import AwsError, Service
from shared.aws.signing import UnsignedForm, signed_fields
from shared.json.encoding import moment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from shared.s3.upload_form import UploadForm

_DELETED_AT_ONCE = 8
_METADATA = "x-amz-meta-"


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    key: str
    version_id: str
    written_at: datetime


@dataclass(frozen=True, slots=True)
class ObjectHead:
    """The latest version of an object, without its content. Metadata has names in lower case."""

    version_id: str
    size_bytes: int
    content_type: str
    metadata: Mapping[str, str]


@cache
def service() -> Service:
    """The function's one client."""
    return Service("s3")


class Bucket:
    """One bucket, which keeps versions. Every method raises Unavailable where S3 is out of reach or too busy.

    It is addressed by path, as one host, and so one connection, serves every bucket.
    """

    def __init__(self, name: str, client: Service | None = None) -> None:
        self.name, self._client = name, client or service()

    def put(self, key: str, body: bytes, content_type: str) -> str:
        """The id of the new version. Where an answer was lost, there may be another version that nobody knows of."""
        answer = self._client.request("PUT", self._path(key), headers={"Content-Type": content_type}, body=body)
        version_id = answer.header("x-amz-version-id")
        if not version_id:
            raise RuntimeError(f"the bucket of {key} keeps no versions")
        return version_id

    def put_new(self, key: str, body: bytes, content_type: str, cache_control: str) -> bool:
        """Write an object unless there is one: False where there is, also one that a lost answer was about."""
        headers = {"Content-Type": content_type, "Cache-Control": cache_control, "If-None-Match": "*"}
        try:
            self._client.request("PUT", self._path(key), headers=headers, body=body)
        except AwsError as error:
            if error.status != 412:
                raise
            return False
        return True

    def form(
        self,
        key: str,
        content_type: str,
        metadata: Mapping[str, str],
        *,
        most_bytes: int,
        lasts_seconds: int,
        now: datetime,
    ) -> "UploadForm":
        """A form that puts this object, of at least a byte, with the rights of this function. Asks nobody.

        Metadata is ASCII. Until the form ends it can be posted again, and makes another version each time.
        """
        from shared.s3.upload_form import UploadForm  # most functions let nobody upload anything

        fields = {"Content-Type": content_type, **{_METADATA + name: value for name, value in metadata.items()}}
        ends_at = now + timedelta(seconds=lasts_seconds)
        unsigned = UnsignedForm(self.name, key, fields, 1, most_bytes, ends_at)
        signed = signed_fields(unsigned, current_credentials(), self._client.region, now)
        return UploadForm(f"{self._client.endpoint}/{self.name}", signed)

    def head(self, key: str) -> ObjectHead | None:
        """None where there is nothing; AWS tells so only those who may list the bucket."""
        try:
            answer = self._client.request("HEAD", self._path(key))
        except AwsError as error:
            if error.status != 404:
                raise
            return None
        return ObjectHead(
            version_id=answer.header("x-amz-version-id"),
            size_bytes=int(answer.header("content-length")),
            content_type=answer.header("content-type"),
            metadata={
                name.removeprefix(_METADATA): value
                for name, value in answer.headers.items()
                if name.startswith(_METADATA)
            },
        )

    def get(self, key: str, version_id: str) -> bytes | None:
        try:
            return self._client.request("GET", self._path(key), {"versionId": version_id}).body
        except AwsError as error:
            if error.status != 404:
                raise
            return None

    def versions(self, prefix: str = "") -> Iterator[ObjectVersion]:
        """Every version of every object whose key begins like this, by key; a request for each thousand."""
        query = {"versions": "", "encoding-type": "url", "prefix": prefix}
        while True:
            page = _parsed(self._client.request("GET", f"/{self.name}", query).body)
            for found in _all(page, "Version"):
                yield ObjectVersion(
                    unquote_plus(_text(found, "Key")), _text(found, "VersionId"), moment(_text(found, "LastModified"))
                )
            if _text(page, "IsTruncated") != "true":
                return
            query["key-marker"] = unquote_plus(_text(page, "NextKeyMarker"))
            query["version-id-marker"] = _text(page, "NextVersionIdMarker")

    def hide(self, key: str) -> None:
        """Nobody finds the object any more; its versions stay until they are deleted. It need not exist."""
        self._client.request("DELETE", self._path(key))

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        """For good, several at once. What is gone already may be named."""
        if versions:
            with ThreadPoolExecutor(min(len(versions), _DELETED_AT_ONCE)) as pool:
                list(pool.map(lambda version: self.delete_version(version.key, version.version_id), versions))

    def delete_version(self, key: str, version_id: str) -> None:
        """For good. It may be gone already."""
        self._client.request("DELETE", self._path(key), {"versionId": version_id})

    def _path(self, key: str) -> str:
        return f"/{self.name}/{quote(key, safe='/-_.~')}"


def _parsed(xml: bytes) -> "Element":
    from xml.etree import ElementTree  # most functions list and delete nothing

    return ElementTree.fromstring(xml)  # noqa: S314  # S3 wrote it


def _all(node: "Element", name: str) -> list["Element"]:
    """In whatever namespace."""
    return node.findall(f"{{*}}{name}")


def _text(node: "Element", name: str) -> str:
    return node.findtext(f"{{*}}{name}") or ""
