"""The bucket of help documents: each at its name, beside it its metadata for the knowledge base, if it has any."""

from collections.abc import Mapping

from knowledge_base.documents.domain.documents import DocumentFile
from knowledge_base.documents.domain.files import WantedDocument
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm

_METADATA = ".metadata.json"
_STORAGE_CLASS = {"x-amz-storage-class": "INTELLIGENT_TIERING"}


class S3Files:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def form(self, wanted: WantedDocument, expires_in_seconds: int) -> UploadForm:
        """Signed locally."""
        return self._bucket.form(
            wanted.name,
            wanted.content_type.value,
            max_bytes=wanted.size_bytes,
            expires_in_seconds=expires_in_seconds,
            more_fields=_STORAGE_CLASS,
        )

    def current(self) -> Mapping[str, DocumentFile]:
        """One ListObjectVersions for each thousand versions."""
        objects = {each.key: each for each in self._bucket.current_versions()}
        return {
            key: DocumentFile(key, found.version_id, _fingerprint(found.etag, sidecar), found.size_bytes)
            for key, found in objects.items()
            if not key.endswith(("/", _METADATA))
            for sidecar in [objects[key + _METADATA].etag if key + _METADATA in objects else ""]
        }

    def current_version(self, key: str) -> str | None:
        """One HeadObject."""
        head = self._bucket.head(key)
        return head.version_id if head else None

    def hide(self, key: str) -> None:
        """Two DeleteObjects."""
        for each in (key, key + _METADATA):
            self._bucket.hide(each)

    def purge(self, key: str) -> None:
        """One or two ListObjectVersions, and a DeleteObject for each version."""
        names = {key, key + _METADATA}
        if not any(each.key == key for each in self._bucket.current_versions(key)):
            self._bucket.delete([version for version in self._bucket.versions(key) if version.key in names])


def _fingerprint(etag: str, sidecar: str) -> str:
    return f"{etag}+{sidecar}" if sidecar else etag
