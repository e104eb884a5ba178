"""`make up` says which tables and buckets a deployment made anew, whatever stack they are in."""

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


def test_stores_of_children_are_found_and_told_from_their_successors(patched: Aws) -> None:
    stack, bucket = unique("stores"), {"Bucket": {"Type": "AWS::S3::Bucket"}}

    def seen() -> dict[str, str]:
        return stores(patched.client("cloudformation"), patched.client("dynamodb"), stack)

    assert seen() == {}
    patched.deploy(stack, parent(patched, beside=bucket))
    first = seen()
    assert first.keys() == {"Child0/Bucket", "Child0/Table"}

    patched.deploy(stack, parent(patched, billing="PROVISIONED", beside=bucket))
    assert lost_stores(first, seen()) == []

    patched.deploy(stack, parent(patched, key="another", beside=bucket))  # which bears the same name
    assert lost_stores(first, seen()) == ["Child0/Table"]

    patched.deploy(stack, parent(patched, key="another"))
    assert lost_stores(first, seen()) == ["Child0/Bucket", "Child0/Table"]
