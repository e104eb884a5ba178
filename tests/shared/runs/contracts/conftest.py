import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT
from tests.shared.dynamodb.clients import forget_clients

_TEMPLATE = ROOT / "gateway" / "live_tables.yaml"
_KEYS = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")


@pytest.fixture(scope="module")
def tables(emulator: str) -> Iterator[dict[str, str]]:
    """The names of tables of our own, by their names in the template, with the keys that it gives them."""
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL_DYNAMODB", emulator)
        for name, value in {
            "DEFAULT_REGION": "us-west-2",
            "ACCESS_KEY_ID": "test",
            "SECRET_ACCESS_KEY": "test",
        }.items():
            environment.setenv(f"AWS_{name}", value)
        client: Any = boto3.client("dynamodb", endpoint_url=emulator, region_name="us-west-2")
        names: dict[str, str] = {}
        for name, resource in yaml_parse(_TEMPLATE.read_text())["Resources"].items():
            if resource["Type"] == "AWS::DynamoDB::Table":
                names[name] = f"{name}-{uuid.uuid4().hex}"
                properties = resource["Properties"]
                client.create_table(
                    TableName=names[name], **{key: properties[key] for key in _KEYS if key in properties}
                )
        forget_clients()
        yield names
        forget_clients()
        for table_name in names.values():
            client.delete_table(TableName=table_name)
        client.close()
