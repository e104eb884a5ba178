"""What leaves a function that fails: for the log, for X-Ray, and for whoever called it."""

import json
from pathlib import Path

import pytest
from botocore.exceptions import ClientError
from pynamodb.exceptions import QueryError

from shared.errors import PublicError, Unavailable
from shared.observability.invocations import InvocationFailed, observed
from shared.observability.logs import without_message
from tests.shared.lambda_context import CONTEXT
from tests.shared.observability.runtime import lines_of

FAILING = """
from shared.observability.invocations import observed

class ModelBusy(Exception): ...

@observed("requestId")
def handler(event, context):
    try:
        {}["ada@example.org"]
    except KeyError as error:
        raise ModelBusy("ada@example.org") from error
"""


def test_failure_is_logged_once_by_us_and_once_by_lambda_and_never_with_its_text(tmp_path: Path) -> None:
    lines = lines_of(tmp_path, FAILING, {"requestId": "c6af9ac6"})

    ours, lambdas = map(json.loads, lines)
    assert (ours["level"], ours["message"], ours["error"]) == ("ERROR", "invocation failed", "ModelBusy")
    assert ours["correlation_id"] == "c6af9ac6"
    assert ours["stack"][-1].endswith("example.py:11 handler")
    assert lambdas["errorType"] == "ModelBusy"
    assert "ada@" not in "".join(lines)


class Busy(Exception): ...


def failed(error: Exception) -> Exception:
    @observed()
    def handler(_: object, context: object) -> None:
        raise error

    with pytest.raises(Exception) as raised:  # noqa: PT011  of whatever type
        handler({}, CONTEXT)
    return raised.value


def test_caller_gets_the_name_of_an_error_and_nothing_else_of_it() -> None:
    first, second = failed(Busy("ada@example.org")), failed(Busy("bob@example.org"))

    assert isinstance(first, InvocationFailed)
    assert type(first).__name__ == "Busy"  # what a state machine's ErrorEquals is compared with
    assert str(first) == str(second)
    assert (first.__cause__, first.__context__) == (None, None)


def test_public_error_is_raised_as_it_is() -> None:
    error = PublicError("Unauthorized")

    assert failed(error) is error


def test_refusal_of_aws_is_logged_by_its_name() -> None:
    refusal = ClientError({"Error": {"Code": "AccessDeniedException", "Message": "user/ada may not"}}, "PutItem")
    unavailable = Unavailable("Try again.")
    unavailable.__cause__ = refusal

    for error in (refusal, unavailable, QueryError("Failed to query items", refusal)):
        fields = without_message(error)
        assert fields["awsError"] == "AccessDeniedException"
        assert "ada" not in json.dumps(fields)
    assert "awsError" not in without_message(Busy())
