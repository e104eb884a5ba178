"""Pictures in one bucket: uploads at uploads/{productId}/{imageId}, images at their public keys."""

from commerce.images.domain.gallery import UploadedFile, WantedImage
from shared.aws.threads import Threads
from shared.s3.buckets import Bucket
from shared.s3.upload_form import UploadForm

_FOR_EVER = "public, max-age=31536000, immutable"


class S3Gallery:
    def __init__(self, bucket: str) -> None:
        self._bucket = Bucket(bucket)

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        """Signed locally."""
        return self._bucket.form(
            _upload_key(product_id, image_id),
            wanted.type.value,
            max_bytes=wanted.size_bytes,
            expires_in_seconds=expires_in_seconds,
        )

    def uploaded(self, product_id: str, image_id: str) -> UploadedFile | None:
        """One HeadObject."""
        head = self._bucket.head(_upload_key(product_id, image_id))
        return UploadedFile(product_id, image_id, head.size_bytes, head.version_id) if head else None

    def uploaded_ids(self, product_id: str) -> frozenset[str]:
        """One ListObjectsV2."""
        prefix = _upload_key(product_id, "")
        return frozenset(key.removeprefix(prefix) for key in self._bucket.keys(prefix))

    def content(self, file: UploadedFile) -> bytes | None:
        """One GetObject of exactly this version: a later upload has another."""
        return self._bucket.get(_upload_key(file.product_id, file.image_id), file.version_id)

    def show(self, key: str, content: bytes, content_type: str) -> None:
        """One PutObject."""
        self._bucket.put_new(key, content, content_type, _FOR_EVER)

    def take_down(self, keys: tuple[str, ...]) -> None:
        """A DeleteObject each, concurrently; old versions stay for a while."""
        with Threads(len(keys)) as pool:
            list(pool.map(self._bucket.hide, keys))

    def discard(self, file: UploadedFile) -> None:
        """One DeleteObject."""
        self._bucket.delete_version(_upload_key(file.product_id, file.image_id), file.version_id)


def _upload_key(product_id: str, image_id: str) -> str:
    return f"uploads/{product_id}/{image_id}"
