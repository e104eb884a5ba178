"""DynamoDB: conditions, transactions and expiry."""

import botocore.exceptions
import pytest

from tests.contracts.emulator.application_stack import (
    Application,
)
from tests.contracts.emulator.aws import unique

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-application")]


def test_condition_protects_an_item(app: Application) -> None:
    dynamodb, name = app.aws.client("dynamodb"), unique("item")
    put = {
        "TableName": app.outputs["Table"],
        "Item": {"pk": {"S": name}},
        "ConditionExpression": "attribute_not_exists(pk)",
    }
    dynamodb.put_item(**put)
    with pytest.raises(dynamodb.exceptions.ConditionalCheckFailedException):
        dynamodb.put_item(**put)


def test_transaction_writes_all_or_nothing_and_says_why(app: Application) -> None:
    dynamodb, free, taken = app.aws.client("dynamodb"), unique("free"), unique("taken")
    table = app.outputs["Table"]
    dynamodb.put_item(TableName=table, Item={"pk": {"S": taken}})
    condition = "attribute_not_exists(pk)"
    puts = [
        {"Put": {"TableName": table, "Item": {"pk": {"S": name}}, "ConditionExpression": condition}}
        for name in (free, taken)
    ]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException) as cancelled:
        dynamodb.transact_write_items(TransactItems=puts)
    reasons = [reason["Code"] for reason in cancelled.value.response["CancellationReasons"]]
    assert reasons == ["None", "ConditionalCheckFailed"]
    assert "Item" not in dynamodb.get_item(TableName=table, Key={"pk": {"S": free}})


def test_transaction_with_the_same_token_takes_effect_once(app: Application) -> None:
    dynamodb, name = app.aws.client("dynamodb"), unique("counter")
    update = {
        "TableName": app.outputs["Table"],
        "Key": {"pk": {"S": name}},
        "UpdateExpression": "ADD hits :one",
        "ExpressionAttributeValues": {":one": {"N": "1"}},
    }
    for _ in range(2):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=name)
    item = dynamodb.get_item(TableName=app.outputs["Table"], Key={"pk": {"S": name}})["Item"]
    assert item["hits"] == {"N": "1"}
    update["ExpressionAttributeValues"] = {":one": {"N": "2"}}
    with pytest.raises(botocore.exceptions.ClientError, match="IdempotentParameterMismatch"):
        dynamodb.transact_write_items(TransactItems=[{"Update": update}], ClientRequestToken=name)


def test_table_expires_items_by_the_attribute_in_the_template(app: Application) -> None:
    described = app.aws.client("dynamodb").describe_time_to_live(TableName=app.outputs["Table"])
    assert described["TimeToLiveDescription"] == {"TimeToLiveStatus": "ENABLED", "AttributeName": "expires"}
