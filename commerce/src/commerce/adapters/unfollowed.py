"""The queue of changes that search could not follow, on SQS."""

from collections.abc import Sequence
from itertools import batched

from commerce.domain.search.syncing import Poison
from shared.aws import Service
from shared.errors import Unavailable
from shared.wire import encode

_MOST_MESSAGES = 10  # of one request


class SqsUnfollowed:
    """A message says where in the stream a change is, of which product and why; not what is in it."""

    def __init__(self, url: str, sqs: Service | None = None) -> None:
        self._url, self._sqs = url, sqs or Service("sqs")

    def keep(self, poison: Sequence[Poison]) -> None:
        """A SendMessageBatch for each ten."""
        for batch in batched(poison, _MOST_MESSAGES, strict=False):
            entries = [{"Id": str(number), "MessageBody": encode(each)} for number, each in enumerate(batch)]
            answer = self._sqs.call("SendMessageBatch", {"QueueUrl": self._url, "Entries": entries})
            if answer.get("Failed"):
                raise Unavailable("Some messages were not taken; try again.", retry_after_seconds=2)
