"""What Lambda tells a function of its invocation."""

from aws_lambda_powertools.utilities.typing import LambdaContext


class Invocation(LambdaContext):
    def __init__(self, request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72") -> None:
        self._function_name, self._memory_limit_in_mb = "ExampleFunction", 512
        self._invoked_function_arn = "arn:aws:lambda:us-west-2:123456789012:function:ExampleFunction"
        self._aws_request_id = request_id


CONTEXT = Invocation()
