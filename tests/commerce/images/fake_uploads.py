"""A stand-in for the records of uploads, which keeps the same contract (see contracts/test_uploads.py)."""

from collections import Counter
from dataclasses import replace
from datetime import datetime

from commerce.images.domain.uploads import KEPT, State, Upload
from shared.idempotency.claims import FirstAnswer
from tests.shared.first_answers import FakeFirstAnswers


class FakeUploads:
    """Records in memory."""

    def __init__(self, *uploads: Upload) -> None:
        self.by_id = {(upload.product_id, upload.image_id): upload for upload in uploads}
        self.begun = Counter[tuple[str, str]]()
        self.first_answers = FakeFirstAnswers()

    def add(self, upload: Upload, first_answer: FirstAnswer | None = None) -> None:
        self.first_answers.record(first_answer)
        self.by_id[upload.product_id, upload.image_id] = upload

    def find(self, product_id: str, image_id: str) -> Upload | None:
        return self.by_id.get((product_id, image_id))

    def of_product(self, product_id: str, now: datetime) -> tuple[Upload, ...]:
        kept = [upload for upload in self.by_id.values() if upload.product_id == product_id]
        newest = sorted(kept, key=lambda upload: upload.image_id, reverse=True)[:100]
        return tuple(upload for upload in newest if upload.offered_at + KEPT > now)

    def settle(self, upload: Upload, after: State) -> Upload | None:
        current = self.find(upload.product_id, upload.image_id)
        if current is None or current.state is not after:
            return current
        self.by_id[upload.product_id, upload.image_id] = upload
        return upload

    def begin(self, product_id: str, image_id: str) -> int:
        self.begun[product_id, image_id] += 1
        return self.begun[product_id, image_id]

    def remove(self, product_id: str, image_id: str) -> None:
        current = self.find(product_id, image_id)
        if current:
            self.by_id[product_id, image_id] = replace(current, state=State.REMOVED, reason=None)
