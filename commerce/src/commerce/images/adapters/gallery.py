"""Pictures in one bucket: uploads at uploads/{productId}/{imageId}, images at their public keys."""

from base64 import urlsafe_b64decode, urlsafe_b64encode

from commerce.images.domain.images import Upload, WantedImage
from shared.aws.threads import Threads
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm

_FOR_EVER = "public, max-age=31536000, immutable"


class S3Gallery:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        """Signed locally. `alt` is encoded, as S3 metadata is ASCII."""
        return self._bucket.form(
            _upload_key(product_id, image_id),
            wanted.type.value,
            {"alt": urlsafe_b64encode(wanted.alt.encode()).decode()},
            max_bytes=wanted.size_bytes,
            expires_in_seconds=expires_in_seconds,
        )

    def waiting(self, product_id: str, image_id: str) -> Upload | None:
        """One HeadObject."""
        head = self._bucket.head(_upload_key(product_id, image_id))
        if head is None:
            return None
        alt = urlsafe_b64decode(head.metadata.get("alt", "")).decode()
        return Upload(product_id, image_id, head.content_type, head.size_bytes, alt, head.version_id)

    def content(self, upload: Upload) -> bytes | None:
        """One GetObject of exactly this version: a later upload has another."""
        return self._bucket.get(_upload_key(upload.product_id, upload.image_id), upload.version_id)

    def show(self, key: str, content: bytes, content_type: str) -> None:
        """One PutObject."""
        self._bucket.put_new(key, content, content_type, _FOR_EVER)

    def shows(self, key: str) -> bool:
        """One HeadObject."""
        return self._bucket.head(key) is not None

    def take_down(self, keys: tuple[str, ...]) -> None:
        """A DeleteObject each, concurrently; old versions stay for a while."""
        with Threads(len(keys)) as pool:
            list(pool.map(self._bucket.hide, keys))

    def recall(self, product_id: str, image_id: str) -> None:
        """One DeleteObject; the versions stay for a day."""
        self._bucket.hide(_upload_key(product_id, image_id))

    def discard(self, upload: Upload) -> None:
        """One DeleteObject."""
        self._bucket.delete_version(_upload_key(upload.product_id, upload.image_id), upload.version_id)


def _upload_key(product_id: str, image_id: str) -> str:
    return f"uploads/{product_id}/{image_id}"
