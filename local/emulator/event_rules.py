"""EventBridge: how rules invoke functions."""

import json

from ministack.services import eventbridge, lambda_svc


def retry_functions() -> None:
    """Invoke a rule's function asynchronously, as AWS does: with two retries and then its failure destination.

    MiniStack invokes it once and drops a failed event.
    """

    def invoke_with_retries(arn: str, payload: str) -> None:
        function, configuration, name = lambda_svc._get_func_record_for_ref(arn)
        if not function or not configuration:
            eventbridge.logger.warning("EventBridge → Lambda: function %s not found", name)
            return
        record = lambda_svc._execution_record_for_config(function, configuration)
        lambda_svc.invoke_async_with_retry(record, json.loads(payload))

    eventbridge._dispatch_to_lambda = invoke_with_retries
