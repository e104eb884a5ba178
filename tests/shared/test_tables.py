import socket
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import (
    ClientError,
    ConnectTimeoutError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
)
from pynamodb.attributes import UnicodeAttribute
from pynamodb.exceptions import GetError, PutError, PynamoDBException, QueryError
from pynamodb.models import Model

from shared.errors import Unavailable
from shared.tables import bind, connection, translated_failures


def model() -> type[Model]:
    """A model of its own for each test: models remember the table that they were bound to."""

    class Row(Model):
        class Meta:
            table_name = ""

        row_id = UnicodeAttribute(hash_key=True)

    return Row


@pytest.fixture(autouse=True)
def fresh_connection(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A connection that leads to a port where nobody listens."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", f"http://127.0.0.1:{port}")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    connection.cache_clear()
    yield
    connection.cache_clear()


def client_of(bound: type[Model]) -> Any:
    return bound._get_connection().connection.client


def test_all_models_share_one_client() -> None:
    models = [model() for _ in range(3)]
    for number, bound in enumerate(models):
        bind(bound, f"table-{number}")

    assert {id(client_of(bound)) for bound in models} == {id(connection().client)}


def test_each_model_keeps_its_own_table() -> None:
    first, second = model(), model()
    bind(first, "table-1")
    bind(second, "table-2")

    assert first._get_connection().table_name == "table-1"
    assert second._get_connection().table_name == "table-2"


def test_binding_again_changes_nothing() -> None:
    bound = model()
    bind(bound, "table-1")
    client = client_of(bound)
    bind(bound, "table-1")

    assert client_of(bound) is client


def test_model_can_be_pointed_at_another_table() -> None:
    bound = model()
    bind(bound, "table-1")
    bind(bound, "table-2")

    assert bound._get_connection().table_name == "table-2"
    assert client_of(bound) is connection().client


def test_region_comes_from_the_environment() -> None:
    bound = model()
    bind(bound, "table-1")

    assert client_of(bound).meta.region_name == "us-west-2"


def test_store_out_of_reach_is_unavailable_after_three_attempts() -> None:
    bound = model()
    bind(bound, "table-1")
    attempts: list[str] = []

    def count(event_name: str, **_: object) -> None:
        attempts.append(event_name)

    connection().client.meta.events.register("before-send.dynamodb", count)

    with pytest.raises(Unavailable) as error, translated_failures():
        bound.get("row-1")

    assert attempts == ["before-send.dynamodb.GetItem"] * 3
    assert error.value.retry_after_seconds >= 1
    assert "127.0.0.1" not in error.value.detail


def refusal(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "table almoner-users"}}, "GetItem")


@pytest.mark.parametrize(
    "cause",
    [
        refusal("InternalServerError"),
        refusal("ProvisionedThroughputExceededException"),
        refusal("RequestLimitExceeded"),
        refusal("ServiceUnavailable"),
        refusal("ThrottlingException"),
        refusal("TransactionInProgressException"),
        EndpointConnectionError(endpoint_url="https://dynamodb.invalid"),
        ConnectTimeoutError(endpoint_url="https://dynamodb.invalid"),
        ReadTimeoutError(endpoint_url="https://dynamodb.invalid"),
    ],
    ids=lambda cause: cause.response["Error"]["Code"] if isinstance(cause, ClientError) else type(cause).__name__,
)
@pytest.mark.parametrize("type_", [GetError, QueryError, PutError])
def test_store_that_is_busy_or_out_of_reach_is_unavailable(type_: type[PynamoDBException], cause: Exception) -> None:
    with pytest.raises(Unavailable) as error, translated_failures():
        raise type_("no", cause)

    assert "almoner-users" not in error.value.detail
    assert "dynamodb.invalid" not in error.value.detail


@pytest.mark.parametrize(
    "error",
    [
        GetError("no", refusal("ResourceNotFoundException")),
        GetError("no", refusal("ValidationException")),
        GetError("no", refusal("AccessDeniedException")),
        PutError("no", refusal("ConditionalCheckFailedException")),
        Model.DoesNotExist(),
        KeyError("totals"),
        ValueError("bug"),
    ],
    ids=str,
)
def test_everything_else_passes_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as passed, translated_failures():
        raise error

    assert passed.value is error


def test_success_passes_too() -> None:
    with translated_failures():
        result = "row"

    assert result == "row"


def test_two_models_may_share_a_table() -> None:
    one, other = model(), model()
    bind(one, "shared")
    bind(other, "shared")
    assert client_of(one) is client_of(other)


def test_model_can_be_pointed_back() -> None:
    one = model()
    for table in ("first", "second", "first"):
        bind(one, table)
    assert one.Meta.table_name == "first"


def test_missing_credentials_are_a_mistake_of_ours() -> None:
    with pytest.raises(GetError), translated_failures():
        raise GetError("no credentials", NoCredentialsError())
