import uuid
from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT
from tests.shared.dynamodb.clients import forget_clients

_TEMPLATES = ROOT / "personalization"
_KEYS = ("AttributeDefinitions", "KeySchema", "BillingMode", "GlobalSecondaryIndexes")
_TABLES = {
    "article_tables.yaml": ("ChatHistoryTable", "BudgetsTable", "EvaluationsTable"),
    "tables.yaml": ("IdempotencyTable",),
}


@pytest.fixture(scope="module")
def local_aws(emulator: str) -> Iterator[str]:
    with pytest.MonkeyPatch.context() as environment:
        environment.setenv("AWS_ENDPOINT_URL", emulator)
        for name, value in {
            "DEFAULT_REGION": "us-west-2",
            "ACCESS_KEY_ID": "test",
            "SECRET_ACCESS_KEY": "test",
        }.items():
            environment.setenv(f"AWS_{name}", value)
        forget_clients()
        yield emulator
        forget_clients()


@pytest.fixture(scope="module")
def tables(local_aws: str) -> Iterator[dict[str, str]]:
    """The names of tables of our own, by their names in the templates, with the keys that those give them."""
    client: Any = boto3.client("dynamodb", endpoint_url=local_aws, region_name="us-west-2")
    names: dict[str, str] = {}
    for template, wanted in _TABLES.items():
        resources = yaml_parse((_TEMPLATES / template).read_text())["Resources"]
        for name in wanted:
            names[name] = f"{name}-{uuid.uuid4().hex}"
            properties = resources[name]["Properties"]
            client.create_table(TableName=names[name], **{key: properties[key] for key in _KEYS if key in properties})
    yield names
    for table_name in names.values():
        client.delete_table(TableName=table_name)
    client.close()


@pytest.fixture(scope="module")
def bucket(local_aws: str) -> str:
    """The name of a bucket."""
    client: Any = boto3.client("s3", endpoint_url=local_aws, region_name="us-west-2")
    name = f"texts-{uuid.uuid4().hex}"
    client.create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    client.close()
    return name
