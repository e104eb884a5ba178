"""A table of a local AWS, and its records."""

import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest

from tests.shared.dynamodb.clients import forget_clients
from tests.shared.dynamodb.contracts.frames import FrameRecord, KeyRecord


@pytest.fixture(scope="module")
def table(emulator: str) -> Iterator[Any]:
    """A table of runs and their frames, with an index of each kind, as boto3 knows it."""
    keys: dict[str, Any] = {"aws_access_key_id": "test", "aws_secret_access_key": "test"}
    every = {"Projection": {"ProjectionType": "ALL"}}
    table = boto3.resource("dynamodb", endpoint_url=emulator, region_name="us-west-2", **keys).create_table(
        TableName=f"frames-{uuid.uuid4().hex}",
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": attribute, "AttributeType": type_}
            for attribute, type_ in (("runId", "S"), ("seq", "N"), ("kind", "S"), ("said", "S"))
        ],
        KeySchema=key("runId", "seq"),
        LocalSecondaryIndexes=[{"IndexName": "BySaid", "KeySchema": key("runId", "said"), **every}],
        GlobalSecondaryIndexes=[{"IndexName": "ByKind", "KeySchema": key("kind", "seq"), **every}],
    )
    KeyRecord.at(table.name)  # first, so that the table is registered without its indexes
    yield table
    table.delete()


def key(hash_name: str, range_name: str) -> list[dict[str, str]]:
    return [{"AttributeName": hash_name, "KeyType": "HASH"}, {"AttributeName": range_name, "KeyType": "RANGE"}]


@pytest.fixture
def frames(emulator: str, table: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[type[FrameRecord]]:
    monkeypatch.setenv("AWS_ENDPOINT_URL_DYNAMODB", emulator)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-west-2")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    forget_clients()
    yield FrameRecord.at(table.name)
    forget_clients()


@pytest.fixture
def run() -> str:
    return uuid.uuid4().hex
