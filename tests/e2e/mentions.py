"""Where something stands: in which tables."""

import json
from collections.abc import Iterator

from tests.e2e.clients import Platform


def mentions(platform: Platform, texts: list[str]) -> Iterator[tuple[str, str]]:
    """Every table with an item in which one of the texts stands."""
    dynamo = platform.aws("dynamodb")
    for table in platform.tables:
        for page in dynamo.get_paginator("scan").paginate(TableName=table, ConsistentRead=True):
            for item in page["Items"]:
                if any(text in json.dumps(item, default=str, ensure_ascii=False) for text in texts):
                    yield table, json.dumps(item, default=str)


def logical(table: str) -> str:
    """`UsersTable` of `almoner-Communications-…-UsersTable-1A2B3C`."""
    return table.rpartition("-")[0].rpartition("-")[2]
