"""Executions of the checkout's state machine, which wait for their order."""

from typing import TYPE_CHECKING

from botocore.exceptions import ClientError

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.json.encoding import encode
from shared.observability.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient

_NOBODY_WAITS = frozenset({"InvalidToken", "TaskDoesNotExist", "TaskTimedOut"})


class WaitingExecutions:
    def __init__(self) -> None:
        self._executions: SFNClient = client("stepfunctions")

    def tell(self, token: str, order_id: str) -> None:
        """One SendTaskSuccess. The execution may have ended, or have heard of it."""
        try:
            with unavailable_where_out_of_reach():
                self._executions.send_task_success(taskToken=token, output=encode({"orderId": order_id}))
        except ClientError as error:
            if code(error) not in _NOBODY_WAITS:
                raise
            logger.info("nobody waits for the order", extra={"orderId": order_id, "awsError": code(error)})
