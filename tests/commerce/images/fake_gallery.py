"""A stand-in for the bucket of pictures, which keeps the same contract (see contracts/test_gallery.py)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from commerce.images.domain.images import Upload, WantedImage
from shared.errors import Unavailable
from shared.s3.upload_form import UploadForm


@dataclass
class FakeGallery:
    """`shown` is what everybody sees, by its key: content and type. `fails_at` counts calls, from 1."""

    uploads: dict[tuple[str, str], list[tuple[Upload, bytes]]] = field(default_factory=dict)
    shown: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    fails_at: int = 0
    calls: int = 0

    def upload(
        self, product_id: str, image_id: str, content: bytes, content_type: str = "image/png", alt: str = "A teapot"
    ) -> None:
        """What a browser does with a form."""
        versions = self.uploads.setdefault((product_id, image_id), [])
        upload = Upload(product_id, image_id, content_type, len(content), alt, f"version-{len(versions)}")
        versions.append((upload, content))

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        policy = f"expires in {expires_in_seconds} s"
        fields = {"Content-Type": wanted.type.value, "key": f"uploads/{product_id}/{image_id}", "policy": policy}
        return UploadForm("https://uploads.example.org", fields)

    def waiting(self, product_id: str, image_id: str) -> Upload | None:
        with self._call():
            versions = self.uploads.get((product_id, image_id))
            return versions[-1][0] if versions else None

    def content(self, upload: Upload) -> bytes | None:
        with self._call():
            return next((content for version, content in self._versions(upload) if version == upload), None)

    def show(self, key: str, content: bytes, content_type: str) -> None:
        with self._call():
            self.shown.setdefault(key, (content, content_type))

    def shows(self, key: str) -> bool:
        with self._call():
            return key in self.shown

    def take_down(self, keys: tuple[str, ...]) -> None:
        with self._call():
            for key in keys:
                self.shown.pop(key, None)

    def recall(self, product_id: str, image_id: str) -> None:
        with self._call():
            self.uploads.pop((product_id, image_id), None)

    def discard(self, upload: Upload) -> None:
        with self._call():
            versions = self._versions(upload)
            versions[:] = [version for version in versions if version[0] != upload]

    def _versions(self, upload: Upload) -> list[tuple[Upload, bytes]]:
        return self.uploads.get((upload.product_id, upload.image_id), [])

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call fails, after it was done: half of all failures are such."""
        self.calls += 1
        yield
        if self.calls == self.fails_at:
            raise Unavailable("The gallery is closed.", 1)
