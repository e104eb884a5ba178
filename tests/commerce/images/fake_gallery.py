"""A stand-in for the bucket of pictures, which keeps the same contract (see contracts/test_gallery.py)."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count

from commerce.images.domain.gallery import UploadedFile, WantedImage
from shared.errors import Unavailable
from shared.s3.upload_form import UploadForm


@dataclass
class FakeGallery:
    """`shown` is what everybody sees, by its key: content and type. `fails_at` counts calls, from 1."""

    files: dict[tuple[str, str], list[tuple[UploadedFile, bytes]]] = field(default_factory=dict)
    shown: dict[str, tuple[bytes, str]] = field(default_factory=dict)
    fails_at: int = 0
    calls: int = 0
    _version_ids: Iterator[int] = field(default_factory=count)

    def upload(self, product_id: str, image_id: str, content: bytes) -> None:
        """What a browser does with a form."""
        file = UploadedFile(product_id, image_id, len(content), f"version-{next(self._version_ids)}")
        self.files.setdefault((product_id, image_id), []).append((file, content))

    def form(self, product_id: str, image_id: str, wanted: WantedImage, expires_in_seconds: int) -> UploadForm:
        policy = f"expires in {expires_in_seconds} s"
        fields = {"Content-Type": wanted.type.value, "key": f"uploads/{product_id}/{image_id}", "policy": policy}
        return UploadForm("https://uploads.example.org", fields)

    def uploaded(self, product_id: str, image_id: str) -> UploadedFile | None:
        with self._call():
            versions = self.files.get((product_id, image_id))
            return versions[-1][0] if versions else None

    def uploaded_ids(self, product_id: str) -> frozenset[str]:
        with self._call():
            return frozenset(
                image_id for (of, image_id), versions in self.files.items() if versions and of == product_id
            )

    def content(self, file: UploadedFile) -> bytes | None:
        with self._call():
            return next((content for version, content in self._versions(file) if version == file), None)

    def show(self, key: str, content: bytes, content_type: str) -> None:
        with self._call():
            self.shown.setdefault(key, (content, content_type))

    def take_down(self, keys: tuple[str, ...]) -> None:
        with self._call():
            for key in keys:
                self.shown.pop(key, None)

    def discard(self, file: UploadedFile) -> None:
        with self._call():
            versions = self._versions(file)
            versions[:] = [version for version in versions if version[0] != file]

    def _versions(self, file: UploadedFile) -> list[tuple[UploadedFile, bytes]]:
        return self.files.get((file.product_id, file.image_id), [])

    @contextmanager
    def _call(self) -> Iterator[None]:
        """One call fails, after it was done: half of all failures are such."""
        self.calls += 1
        yield
        if self.calls == self.fails_at:
            raise Unavailable("The gallery is closed.", 1)
