"""What whoever keeps pictures must do, in memory and in S3."""

import uuid
from collections.abc import Callable
from typing import Any

import boto3
import pytest
import requests

from commerce.images.adapters.gallery import S3Gallery
from commerce.images.domain.gallery import Gallery, WantedImage
from commerce.images.domain.pictures import PictureType
from shared.errors import Unavailable
from tests.commerce.images.fake_gallery import FakeGallery

type Upload = Callable[[str, str, bytes], None]
type Shown = Callable[[str], tuple[bytes, str] | None]


class GalleryContract:
    def test_upload_waits(self, gallery: Gallery, upload: Upload) -> None:
        upload("teapot", "i1", b"png")

        file = gallery.uploaded("teapot", "i1")

        assert file
        assert (file.product_id, file.image_id, file.size_bytes) == ("teapot", "i1", 3)
        assert gallery.content(file) == b"png"
        assert gallery.uploaded("teapot", "i2") is None
        assert gallery.uploaded("other", "i1") is None

    def test_uploads_of_a_product_are_listed(self, gallery: Gallery, upload: Upload) -> None:
        for product_id, image_id in (("teapot", "i1"), ("teapot", "i2"), ("teapot", "i2"), ("teapot-2", "i3")):
            upload(product_id, image_id, b"png")
        assert gallery.uploaded_ids("teapot") == {"i1", "i2"}
        first = gallery.uploaded("teapot", "i1")
        assert first

        gallery.discard(first)

        assert gallery.uploaded_ids("teapot") == {"i2"}
        assert gallery.uploaded_ids("kettle") == frozenset()

    def test_later_upload_does_not_change_what_was_looked_at(self, gallery: Gallery, upload: Upload) -> None:
        upload("teapot", "i1", b"first")
        first = gallery.uploaded("teapot", "i1")
        upload("teapot", "i1", b"second")
        second = gallery.uploaded("teapot", "i1")
        assert first
        assert second

        assert gallery.content(first) == b"first"
        gallery.discard(second)
        assert gallery.uploaded("teapot", "i1") == first

    def test_discarded_upload_is_gone_for_good(self, gallery: Gallery, upload: Upload) -> None:
        upload("teapot", "i1", b"png")
        file = gallery.uploaded("teapot", "i1")
        assert file

        gallery.discard(file)
        gallery.discard(file)

        assert gallery.uploaded("teapot", "i1") is None
        assert gallery.content(file) is None

    def test_what_is_shown_stays_as_it_is(self, gallery: Gallery, shown: Shown) -> None:
        gallery.show("images/teapot/i1.png", b"first", "image/png")
        gallery.show("images/teapot/i1.png", b"second", "image/webp")

        assert shown("images/teapot/i1.png") == (b"first", "image/png")

    def test_what_was_taken_down_is_not_shown(self, gallery: Gallery, shown: Shown) -> None:
        gallery.show("images/teapot/i1.png", b"png", "image/png")
        gallery.take_down(("images/teapot/i1.png", "images/teapot/i1.jpg"))
        gallery.take_down(("images/teapot/i1.png",))

        assert shown("images/teapot/i1.png") is None


class TestFakeGallery(GalleryContract):
    @pytest.fixture
    def gallery(self) -> FakeGallery:
        return FakeGallery()

    @pytest.fixture
    def upload(self, gallery: FakeGallery) -> Upload:
        return gallery.upload

    @pytest.fixture
    def shown(self, gallery: FakeGallery) -> Shown:
        return gallery.shown.get


@pytest.fixture
def bucket(local_aws: str) -> str:
    client, name = _client(local_aws), f"images-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    client.put_bucket_versioning(Bucket=name, VersioningConfiguration={"Status": "Enabled"})
    return name


def _client(endpoint: str) -> Any:
    return boto3.client("s3", endpoint_url=endpoint)


@pytest.mark.emulator
class TestS3Gallery(GalleryContract):
    @pytest.fixture
    def gallery(self, bucket: str) -> S3Gallery:
        return S3Gallery(bucket)

    @pytest.fixture
    def upload(self, gallery: S3Gallery) -> Upload:
        def upload(product_id: str, image_id: str, content: bytes) -> None:
            wanted = WantedImage(PictureType.PNG, 100, "A teapot")
            form = gallery.form(product_id, image_id, wanted, 300)
            answer = requests.post(form.url, form.fields, files={"file": content}, timeout=10)
            assert answer.status_code == 204, answer.text

        return upload

    @pytest.fixture
    def shown(self, bucket: str, local_aws: str) -> Shown:
        def shown(key: str) -> tuple[bytes, str] | None:
            client = _client(local_aws)
            try:
                found = client.get_object(Bucket=bucket, Key=key)
            except client.exceptions.NoSuchKey:
                return None
            assert found["CacheControl"] == "public, max-age=31536000, immutable"
            with found["Body"] as body:
                return body.read(), found["ContentType"]

        return shown


@pytest.mark.usefixtures("out_of_reach")
def test_gallery_out_of_reach_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        S3Gallery("images").uploaded("teapot", "i1")
