"""What Cognito says to users' own requests, in the platform's words."""

import pytest
from botocore.exceptions import ClientError

from communications.users.adapters.own_account import CognitoOwnAccount
from communications.users.domain.address_changes import Kind, WrongCode
from communications.users.domain.addresses import AddressTaken
from shared.errors import Invalid, TooManyRequests, Unauthenticated, Unavailable
from tests.shared.aws.aws_server import AwsServer, refuses

REFUSALS: dict[str, type[Exception]] = {
    "AliasExistsException": AddressTaken,
    "LimitExceededException": TooManyRequests,
    "NotAuthorizedException": Unauthenticated,
    "TooManyRequestsException": TooManyRequests,
    "UserNotFoundException": Unauthenticated,
    "InternalErrorException": ClientError,
}


@pytest.mark.parametrize(("code", "error"), REFUSALS.items())
def test_refusals_of_both_calls(code: str, error: type[Exception], aws: AwsServer) -> None:
    aws.outcomes.extend([refuses(code)] * 8)

    with pytest.raises(error):
        CognitoOwnAccount().request_change("token", Kind.EMAIL, "ada@example.org")
    with pytest.raises(error):
        CognitoOwnAccount().verify("token", Kind.EMAIL, "123456")


@pytest.mark.parametrize("code", ["CodeMismatchException", "ExpiredCodeException"])
def test_wrong_and_expired_codes_are_the_same(code: str, aws: AwsServer) -> None:
    aws.outcomes.append(refuses(code))

    with pytest.raises(WrongCode, match="wrong or has expired"):
        CognitoOwnAccount().verify("token", Kind.PHONE, "123456")


def test_what_the_pool_takes_for_no_number_is_named(aws: AwsServer) -> None:
    aws.outcomes.append(refuses("InvalidParameterException"))

    with pytest.raises(Invalid) as refused:
        CognitoOwnAccount().request_change("token", Kind.PHONE, "+999999999999999")
    assert [error.field for error in refused.value.errors] == ["phone"]


@pytest.mark.usefixtures("out_of_reach")
def test_pool_that_does_not_answer_is_unavailable() -> None:
    with pytest.raises(Unavailable):
        CognitoOwnAccount().verify("token", Kind.EMAIL, "123456")


def test_code_that_could_not_be_sent_is_unavailable(aws: AwsServer) -> None:
    aws.outcomes.append(refuses("CodeDeliveryFailureException"))

    with pytest.raises(Unavailable, match="could not be sent"):
        CognitoOwnAccount().request_change("token", Kind.EMAIL, "ada@example.org")
