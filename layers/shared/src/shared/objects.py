"""Objects in a versioned S3 bucket: each is written for good, and read and deleted by its version."""

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote_plus

from shared.aws import AwsError, Service
from shared.wire import moment

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

_DELETED_AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class ObjectVersion:
    key: str
    version_id: str
    written_at: datetime


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

    def delete(self, versions: Sequence[ObjectVersion]) -> None:
        """For good, several at once. What is gone already may be named."""
        if versions:
            with ThreadPoolExecutor(min(len(versions), _DELETED_AT_ONCE)) as pool:
                list(pool.map(self._delete, versions))

    def _delete(self, version: ObjectVersion) -> None:
        self._client.request("DELETE", self._path(version.key), {"versionId": version.version_id})

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
