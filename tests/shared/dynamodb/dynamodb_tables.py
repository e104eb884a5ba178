"""Tables of a test's own in the local DynamoDB, with the keys and indexes that a template gives them."""

import uuid
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import boto3
from samcli.yamlhelper import yaml_parse

from tests.shared.dynamodb.clients import forget_clients

_SHAPE = ("BillingMode", "AttributeDefinitions", "KeySchema", "LocalSecondaryIndexes", "GlobalSecondaryIndexes")


@contextmanager
def tables_like(endpoint: str, source: Path, tables: Sequence[str]) -> Iterator[dict[str, str]]:
    """The names of the new tables, by those in the template, or in the templates of tables of the folder. Functions'
    clients begin anew, before and after."""
    # not the default session, which keeps the credentials of the test that used it first
    client: Any = boto3.Session("test", "test").client("dynamodb", endpoint_url=endpoint)
    templates = source.glob("*tables.yaml") if source.is_dir() else [source]
    resources = {name: each for path in templates for name, each in yaml_parse(path.read_text())["Resources"].items()}
    suffix = uuid.uuid4().hex
    names = {table: f"{table}-{suffix}" for table in tables}
    for table, name in names.items():
        properties = resources[table]["Properties"]
        client.create_table(TableName=name, **{word: properties[word] for word in _SHAPE if word in properties})
    forget_clients()
    try:
        yield names
    finally:
        forget_clients()
        for name in names.values():
            client.delete_table(TableName=name)
        client.close()
