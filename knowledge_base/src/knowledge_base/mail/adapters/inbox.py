"""The bucket into which mail is received."""

from datetime import datetime

from knowledge_base.mail.domain.parsing import MAX_BYTES
from knowledge_base.mail.domain.receiving import Outcome, Received, Receiving
from shared.s3.buckets import Bucket


class BucketInbox:
    def __init__(self, bucket: Bucket, receiving: Receiving) -> None:
        self._bucket, self._receiving = bucket, receiving

    def receive(self, key: str, version_id: str, received_at: datetime, now: datetime) -> Received:
        """One GetObject, of as much as shows that there is more than can be read. Raises Unavailable."""
        data = self._bucket.get(key, version_id, max_bytes=MAX_BYTES + 1)
        if data is None:
            return Received(Outcome.REFUSED, reason="gone")
        received = self._receiving.receive(data, key, received_at, now)
        if not received.is_kept:
            self._bucket.delete_version(key, version_id)
        return received
