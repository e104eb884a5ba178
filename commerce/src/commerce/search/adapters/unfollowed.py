"""The queue of changes that search could not follow, on SQS."""

from collections.abc import Sequence

from commerce.search.domain.syncing import Poison
from shared.aws.service import Service
from shared.json.encoding import encode


class SqsUnfollowed:
    """A message says where in the stream a change is, of which product and why; not what is in it."""

    def __init__(self, url: str, sqs: Service | None = None) -> None:
        self._url, self._sqs = url, sqs or Service("sqs")

    def keep(self, poison: Sequence[Poison]) -> None:
        """A SendMessage each: there is hardly ever more than one."""
        for each in poison:
            self._sqs.call("SendMessage", {"QueueUrl": self._url, "MessageBody": encode(each)})
