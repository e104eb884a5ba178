"""The state machine of checkouts: starting it, and having it go on."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from shared.aws.clients import client
from shared.aws.failures import code, unavailable_where_out_of_reach
from shared.json.encoding import encode
from shared.observability.logs import logger

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class CheckoutExecutions:
    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn
        self._step_functions: SFNClient = client("stepfunctions")

    def start(self, checkout_id: str) -> None:
        """The execution has the checkout's id for its name.

        A second start with the same input succeeds while the first is running, and is refused once it has ended: both
        mean that there is nothing to do.
        """
        try:
            with unavailable_where_out_of_reach():
                self._step_functions.start_execution(
                    stateMachineArn=self._arn, name=checkout_id, input=encode({"checkoutId": checkout_id})
                )
        except self._step_functions.exceptions.ExecutionAlreadyExists:
            pass


class WaitingExecutions:
    def __init__(self) -> None:
        self._step_functions: SFNClient = client("stepfunctions")

    def resume(self, task_token: str, output: Mapping[str, str]) -> bool:
        """One SendTaskSuccess. The execution may have stopped waiting, or go on already."""
        exceptions = self._step_functions.exceptions
        try:
            with unavailable_where_out_of_reach():
                self._step_functions.send_task_success(taskToken=task_token, output=encode(output))
        except (exceptions.TaskTimedOut, exceptions.TaskDoesNotExist, exceptions.InvalidToken) as error:
            logger.info("nobody waits any more", extra={**output, "awsError": code(error)})
            return False
        return True
