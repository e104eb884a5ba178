"""What whoever keeps the records of uploads must do, in memory and in DynamoDB."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from commerce.images.adapters.uploads import DynamoUploads
from commerce.images.domain.pictures import Flaw, PictureType
from commerce.images.domain.uploads import KEPT, NoRoom, State, Upload, Uploads
from local.workspace import ROOT
from shared.errors import Unavailable
from shared.idempotency.claims import Claim, KeyInUse
from tests.commerce.examples import NOW
from tests.commerce.images.fake_uploads import FakeUploads
from tests.shared.dynamodb.dynamodb_tables import tables_like

OFFERED = Upload("teapot", "i1", PictureType.WEBP, "Eine Teekanne – 茶壺 🫖", NOW)
ACCEPTED = replace(OFFERED, state=State.ACCEPTED, version_id="v1", width=40, height=30)
FIRST = Claim("record-1", "request-1").answered({"imageId": "i1"}, NOW)


class UploadsContract:
    def test_uploads_come_back_as_they_were_written(self, uploads: Uploads) -> None:
        refused = [replace(OFFERED, image_id=reason, state=State.REFUSED, reason=reason) for reason in (*Flaw, *NoRoom)]
        for upload in (OFFERED, replace(ACCEPTED, image_id="i2"), *refused):
            uploads.add(upload)
            assert uploads.find("teapot", upload.image_id) == upload
        assert uploads.find("teapot", "i3") is None
        assert uploads.find("kettle", "i1") is None

    def test_product_has_its_uploads_the_newest_first(self, uploads: Uploads) -> None:
        several = [replace(OFFERED, image_id=f"i{number:03}") for number in range(120)]
        for upload in (*several, replace(OFFERED, product_id="kettle")):
            uploads.add(upload)

        assert uploads.of_product("teapot", NOW) == tuple(reversed(several[20:]))
        assert uploads.of_product("nothing", NOW) == ()

    def test_uploads_are_listed_for_seven_days(self, uploads: Uploads) -> None:
        uploads.add(OFFERED)

        assert uploads.of_product("teapot", NOW + KEPT - timedelta(seconds=1)) == (OFFERED,)
        assert uploads.of_product("teapot", NOW + KEPT) == ()

    def test_upload_is_settled_once(self, uploads: Uploads) -> None:
        refused = replace(OFFERED, state=State.REFUSED, reason=Flaw.BROKEN)
        uploads.add(OFFERED)

        assert uploads.settle(ACCEPTED, State.WAITING) == ACCEPTED
        assert uploads.settle(refused, State.WAITING) == ACCEPTED
        assert uploads.find("teapot", "i1") == ACCEPTED
        assert uploads.settle(refused, State.ACCEPTED) == refused

    def test_inspections_are_counted(self, uploads: Uploads) -> None:
        for image_id in ("i1", "i2"):
            uploads.add(replace(OFFERED, image_id=image_id))

        assert [uploads.begin("teapot", image_id) for image_id in ("i1", "i1", "i2")] == [1, 2, 1]
        assert uploads.find("teapot", "i1") == OFFERED

    def test_upload_that_is_not_there_is_not_settled(self, uploads: Uploads) -> None:
        assert uploads.settle(ACCEPTED, State.WAITING) is None
        assert uploads.find("teapot", "i1") is None

    @pytest.mark.parametrize("upload", [OFFERED, ACCEPTED, replace(OFFERED, state=State.REFUSED, reason=Flaw.BROKEN)])
    def test_upload_is_removed_whatever_its_state(self, uploads: Uploads, upload: Upload) -> None:
        uploads.add(upload)

        uploads.remove("teapot", "i1")
        uploads.remove("teapot", "i1")

        removed = replace(upload, state=State.REMOVED, reason=None)
        assert uploads.find("teapot", "i1") == removed
        assert uploads.settle(ACCEPTED, State.WAITING) == removed

    def test_upload_that_is_not_there_may_be_removed(self, uploads: Uploads) -> None:
        uploads.remove("teapot", "i1")

        assert uploads.find("teapot", "i1") is None

    def test_of_two_requests_with_one_key_one_offers(self, uploads: Uploads) -> None:
        uploads.add(OFFERED, FIRST)

        with pytest.raises(KeyInUse):
            uploads.add(replace(OFFERED, image_id="i2"), FIRST)
        assert uploads.of_product("teapot", NOW) == (OFFERED,)


class TestFakeUploads(UploadsContract):
    @pytest.fixture
    def uploads(self) -> Uploads:
        return FakeUploads()


@pytest.mark.emulator
@pytest.mark.xdist_group("emulator")
class TestDynamoUploads(UploadsContract):
    @pytest.fixture
    def uploads(self, local_aws: str) -> Iterator[DynamoUploads]:
        with tables_like(local_aws, ROOT / "commerce" / "tables.yaml", ("UploadsTable", "IdempotencyTable")) as names:
            yield DynamoUploads(*names.values())


@pytest.mark.usefixtures("out_of_reach")
def test_uploads_out_of_reach_are_unavailable() -> None:
    with pytest.raises(Unavailable):
        DynamoUploads("uploads", None).find("teapot", "i1")
