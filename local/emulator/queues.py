"""SQS: who may send, delete and hide several messages at once."""

from typing import Any

from ministack.core import iam_actions

_BATCH = "Batch"


def authorize_batches() -> None:
    """Hold batches to the permission for one message, as SQS does; MiniStack asks for one of the batch's own name.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
    """
    action_of = iam_actions.extract_iam_action

    def single_action_of(*request: Any, **more: Any) -> Any:
        action = action_of(*request, **more)
        return action.removesuffix(_BATCH) if isinstance(action, str) and action.startswith("sqs:") else action

    iam_actions.extract_iam_action = single_action_of
