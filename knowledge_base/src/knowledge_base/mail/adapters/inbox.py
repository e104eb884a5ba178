"""The bucket into which mail is received."""

from datetime import datetime

from knowledge_base.mail.domain.parsing import MAX_BYTES
from knowledge_base.mail.domain.receiving import Outcome, Received, Receiving
from shared.s3.buckets import Bucket


class BucketInbox:
    def __init__(self, bucket: Bucket, receiving: Receiving) -> None:
        self._bucket, self._receiving = bucket, receiving

    def receive(self, key: str, version_id: str, received_at: datetime, now: datetime) -> Received:
        """One HeadObject and one GetObject; what is too large is not read. Raises Unavailable."""
        head = self._bucket.head(key)
        if head and head.version_id == version_id and head.size_bytes > MAX_BYTES:
            return Received(Outcome.REFUSED, reason="too large")
        data = self._bucket.get(key, version_id)
        if data is None:
            return Received(Outcome.REFUSED, reason="gone")
        received = self._receiving.receive(data, key, received_at, now)
        if not received.is_kept:
            self._bucket.delete_version(key, version_id)
        return received
