"""What a function makes before its first request: while its module loads, so that a snapshot holds it."""

import os
from collections.abc import Callable


def prime(*makers: Callable[[], object]) -> None:
    """Call each maker, in a Lambda function only: `prime(wiring.profiles, wiring.cursors)`.

    A missing setting then fails the start, by its name, and no request waits for imports, clients and models.
    Tests and generators import the same modules without any settings.
    """
    if "AWS_LAMBDA_FUNCTION_NAME" in os.environ:
        for make in makers:
            make()
