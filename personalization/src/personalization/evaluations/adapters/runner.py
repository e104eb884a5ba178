"""Starts the state machine that runs an evaluation's cases."""

from personalization.evaluations.domain.evaluation import Evaluation
from shared.aws.service import AwsError, Service
from shared.json.encoding import encode


class StateMachineRunner:
    def __init__(self, state_machine_arn: str, client: Service | None = None) -> None:
        self._arn, self._client = state_machine_arn, client or Service("states")

    def start(self, evaluation: Evaluation) -> None:
        """The execution is named after the evaluation: there is one at most."""
        asked = {
            "projectId": evaluation.project_id,
            "evaluationId": evaluation.evaluation_id,
            "caseIds": evaluation.case_ids,
        }
        try:
            self._client.call(
                "StartExecution",
                {"stateMachineArn": self._arn, "name": evaluation.evaluation_id, "input": encode(asked)},
            )
        except AwsError as error:
            if error.code != "ExecutionAlreadyExists":
                raise
