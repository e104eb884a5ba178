"""SQS and SNS: who may send, delete, hide and publish several messages at once."""

from typing import Any

from ministack.core import iam_actions

_BATCH = "Batch"


def authorize_batches() -> None:
    """Hold batches of a queue to the permission for one message, as SQS does; MiniStack asks for one of their own name.

    https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-batch-api-actions.html
    """
    _hold_to_single_action("sqs:")


def authorize_topic_batches() -> None:
    """Likewise PublishBatch, for which IAM has no action.

    https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsns.html
    """
    _hold_to_single_action("sns:")


def _hold_to_single_action(service: str) -> None:
    action_of = iam_actions.extract_iam_action

    def single_action_of(*request: Any, **more: Any) -> Any:
        action = action_of(*request, **more)
        return action.removesuffix(_BATCH) if isinstance(action, str) and action.startswith(service) else action

    iam_actions.extract_iam_action = single_action_of
