"""The state machine of checkouts: starting it, and having it go on."""

from typing import TYPE_CHECKING

from commerce.checkout.domain.saga import Outcome
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

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

    def resume(self, task_token: str, checkout_id: str, outcome: Outcome) -> bool:
        """One SendTaskSuccess; False where the execution has stopped waiting, or goes on already."""
        exceptions = self._step_functions.exceptions
        try:
            with unavailable_where_out_of_reach():
                self._step_functions.send_task_success(
                    taskToken=task_token, output=encode({"checkoutId": checkout_id, "outcome": outcome.value})
                )
        except (exceptions.TaskTimedOut, exceptions.TaskDoesNotExist, exceptions.InvalidToken):
            return False
        return True
