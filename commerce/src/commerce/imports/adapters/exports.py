"""Exports that are too large for an answer, in the bucket of imports for a day: exports/{exportId}."""

from datetime import datetime, timedelta

from commerce.imports.domain.export import ExportLink
from shared.s3.buckets import Bucket

_VALID = timedelta(minutes=15)


class S3Exports:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def put(self, export_id: str, content: bytes, file_name: str, now: datetime) -> ExportLink:
        """One PutObject; the link is signed locally. Raises Unavailable."""
        key = f"exports/{export_id}"
        version_id = self._bucket.put(key, content, "text/csv; charset=utf-8")
        url = self._bucket.link(key, version_id, file_name=file_name, expires_in_seconds=_VALID.seconds)
        return ExportLink(url, now + _VALID)
