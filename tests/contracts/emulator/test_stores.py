"""`make up` reports the tables and buckets that a deployment has replaced, in nested stacks, too."""

import pytest

from local.stores import lost_stores, stores
from tests.contracts.emulator.aws import Aws, unique
from tests.contracts.emulator.scenarios.nested_stacks import stack_of, template, uploaded
from tests.contracts.emulator.scenarios.registry import Json

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator-patches")]


def parent(aws: Aws, key: str = "id", billing: str = "PAY_PER_REQUEST", beside: Json | None = None) -> Json:
    table = {
        "BillingMode": billing,
        "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"}],
        "KeySchema": [{"AttributeName": key, "KeyType": "HASH"}],
    }
    resources = {"Table": {"Type": "AWS::DynamoDB::Table", "Properties": table}} | (beside or {})
    return stack_of({"TemplateURL": uploaded(aws, template(resources))})


def test_replaced_and_removed_stores_of_children_are_detected(patched: Aws) -> None:
    stack, bucket = unique("stores"), {"Bucket": {"Type": "AWS::S3::Bucket"}}

    def seen() -> dict[str, str]:
        return stores(patched.client("cloudformation"), patched.client("dynamodb"), stack)

    assert seen() == {}
    patched.deploy(stack, parent(patched, beside=bucket))
    first = seen()
    assert first.keys() == {"Child0/Bucket", "Child0/Table"}

    patched.deploy(stack, parent(patched, billing="PROVISIONED", beside=bucket))
    assert lost_stores(first, seen()) == []

    patched.deploy(stack, parent(patched, key="another", beside=bucket))  # with the same name
    assert lost_stores(first, seen()) == ["Child0/Table"]

    patched.deploy(stack, parent(patched, key="another"))
    assert lost_stores(first, seen()) == ["Child0/Bucket", "Child0/Table"]
