"""Starts the state machine that runs an evaluation's cases."""

from typing import TYPE_CHECKING

from personalization.evaluations.domain.evaluation import Evaluation
from shared.aws.clients import client
from shared.aws.failures import unavailable_where_out_of_reach
from shared.json.encoding import encode

if TYPE_CHECKING:
    from mypy_boto3_stepfunctions import SFNClient


class StateMachineRunner:
    def __init__(self, state_machine_arn: str) -> None:
        self._arn = state_machine_arn
        self._step_functions: SFNClient = client("stepfunctions")

    def start(self, evaluation: Evaluation) -> None:
        """The execution is named after the evaluation: there is one at most."""
        cases = {
            "projectId": evaluation.project_id,
            "evaluationId": evaluation.evaluation_id,
            "caseIds": evaluation.case_ids,
        }
        try:
            with unavailable_where_out_of_reach():
                self._step_functions.start_execution(
                    stateMachineArn=self._arn, name=evaluation.evaluation_id, input=encode(cases)
                )
        except self._step_functions.exceptions.ExecutionAlreadyExists:
            pass  # this evaluation runs already
