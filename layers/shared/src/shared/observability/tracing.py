"""X-Ray, where the parameter Tracing is Active."""

import os
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.tracing import Tracer


def traced[E, R](handler: Callable[[E, Any], R]) -> Callable[[E, Any], R]:
    """The handler with a subsegment for each invocation, and one for each call of AWS.

    Where tracing is off it is the handler itself: even a disabled Tracer loads the X-Ray SDK, which costs as much as
    boto3 does.
    """
    if os.environ.get("POWERTOOLS_TRACE_DISABLED", "true") != "false":
        return handler
    # Not httplib, which the SDK would patch too: URLs hold tickets. Answers and errors hold personal data.
    tracer = Tracer(patch_modules=["botocore"])
    return tracer.capture_lambda_handler(handler, capture_response=False, capture_error=False)
