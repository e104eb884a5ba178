"""The records of uploads in DynamoDB."""

from datetime import datetime

from pynamodb.attributes import UnicodeAttribute

from commerce.images.domain.pictures import Flaw, PictureType
from commerce.images.domain.uploads import KEPT, NoRoom, Reason, State, Upload
from shared.dynamodb.attributes import IntegerAttribute, MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Record, select
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers

_NEWEST = 100


class UploadRecord(Record):
    product_id = UnicodeAttribute(hash_key=True, attr_name="productId")
    image_id = UnicodeAttribute(range_key=True, attr_name="imageId")
    content_type = UnicodeAttribute(attr_name="contentType")
    alt = UnicodeAttribute()
    offered_at = MomentAttribute(attr_name="offeredAt")
    state = UnicodeAttribute()
    reason = UnicodeAttribute(null=True)
    version_id = UnicodeAttribute(null=True, attr_name="versionId")
    width = IntegerAttribute(null=True)
    height = IntegerAttribute(null=True)
    inspections = IntegerAttribute(null=True)
    expires_at = SecondsAttribute(attr_name="expiresAt")

    def to_upload(self) -> Upload:
        return Upload(
            self.product_id,
            self.image_id,
            PictureType(self.content_type),
            self.alt,
            self.offered_at,
            State(self.state),
            _reason(self.reason) if self.reason else None,
            self.version_id,
            self.width,
            self.height,
        )


class DynamoUploads:
    """The Uploads table and, with a new upload, the first answer: whoever adds none has no table of them."""

    def __init__(self, uploads_table: str, first_answers_table: str | None) -> None:
        self._uploads = UploadRecord.at(uploads_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table) if first_answers_table else None

    def add(self, upload: Upload, first_answer: FirstAnswer | None = None) -> None:
        """A PutItem, or with a first answer one transaction."""
        if first_answer is None:
            self._record(upload).put()
            return
        if self._first_answers is None:
            raise ValueError("a first answer needs its table")
        transaction = Transaction()
        transaction.save("upload", self._record(upload))
        self._first_answers.record(first_answer, transaction)
        with translated_refusals():
            transaction.commit()

    def find(self, product_id: str, image_id: str) -> Upload | None:
        """One consistent GetItem."""
        record = self._uploads.find(product_id, image_id)
        return record.to_upload() if record else None

    def of_product(self, product_id: str, now: datetime) -> tuple[Upload, ...]:
        """One consistent Query, of about 20 KB at most."""
        found = select(self._uploads, product_id, newest_first=True, limit=_NEWEST)
        return tuple(record.to_upload() for record in found if record.expires_at > now)

    def settle(self, upload: Upload, after: State) -> Upload | None:
        """One PutItem."""
        try:
            self._record(upload).put(UploadRecord.state == after.value)
        except ConditionFailed as error:
            return self._uploads.of_image(error.item).to_upload() if error.item else None
        return upload

    def begin(self, product_id: str, image_id: str) -> int:
        """One UpdateItem."""
        counted = self._uploads(product_id, image_id).change(
            UploadRecord.inspections.add(1), condition=UploadRecord.product_id.exists()
        )
        return counted.inspections or 0

    def remove(self, product_id: str, image_id: str) -> None:
        """One UpdateItem."""
        removed = UploadRecord.state.set(State.REMOVED.value)
        try:
            self._uploads(product_id, image_id).change(
                removed, UploadRecord.reason.remove(), condition=UploadRecord.product_id.exists()
            )
        except ConditionFailed:
            return

    def _record(self, upload: Upload) -> UploadRecord:
        return self._uploads(
            upload.product_id,
            upload.image_id,
            content_type=upload.type.value,
            alt=upload.alt,
            offered_at=upload.offered_at,
            state=upload.state.value,
            reason=upload.reason.value if upload.reason else None,
            version_id=upload.version_id,
            width=upload.width,
            height=upload.height,
            expires_at=upload.offered_at + KEPT,
        )


def _reason(value: str) -> Reason:
    if value == "markup":  # of an earlier release, for as long as its records are kept: metadata goes unread now
        return Flaw.UNREADABLE
    return Flaw(value) if value in set(Flaw) else NoRoom(value)
