"""What Lambda passes to a function for an invocation, and what it sees of one that fails."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from aws_lambda_powertools.utilities.typing import LambdaContext

from shared.observability.invocations import InvocationFailed


class Invocation(LambdaContext):
    def __init__(self, request_id: str = "52fdfc07-2182-454f-963f-5f0f9a621d72") -> None:
        self._function_name, self._memory_limit_in_mb = "ExampleFunction", 512
        self._invoked_function_arn = "arn:aws:lambda:us-west-2:123456789012:function:ExampleFunction"
        self._aws_request_id = request_id


CONTEXT = Invocation()


@contextmanager
def fails_as(error: type[Exception]) -> Iterator[None]:
    """The invocation within fails, and Lambda gets the error's name only."""
    with pytest.raises(InvocationFailed) as raised:
        yield
    assert type(raised.value).__name__ == error.__name__
