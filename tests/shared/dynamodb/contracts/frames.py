"""Records that the tests of `shared.dynamodb` keep in a table of a local AWS."""

from typing import Any

from pynamodb.attributes import BinaryAttribute, BooleanAttribute, UnicodeAttribute, UnicodeSetAttribute
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, LocalSecondaryIndex

from shared.dynamodb.attributes import DocumentAttribute, DocumentsAttribute, IntegerAttribute, TextsAttribute
from shared.dynamodb.records import Record


class FramesBySaid(LocalSecondaryIndex["FrameRecord"]):
    class Meta:
        index_name = "BySaid"
        projection = AllProjection()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    said = UnicodeAttribute(range_key=True)


class FramesByKind(GlobalSecondaryIndex["FrameRecord"]):
    class Meta:
        index_name = "ByKind"
        projection = AllProjection()

    kind = UnicodeAttribute(hash_key=True)
    seq = IntegerAttribute(range_key=True)


class FrameRecord(Record):
    by_said = FramesBySaid()
    by_kind = FramesByKind()

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    seq = IntegerAttribute(range_key=True)
    kind = UnicodeAttribute(null=True)
    said = UnicodeAttribute(null=True)
    text = UnicodeAttribute(null=True)
    status = UnicodeAttribute(null=True)
    whole = IntegerAttribute(null=True)
    tries = IntegerAttribute(null=True)
    other_tries = IntegerAttribute(null=True, attr_name="tries2")
    even = BooleanAttribute(null=True)
    members = UnicodeSetAttribute()
    tags = TextsAttribute(null=True)
    who = DocumentAttribute(null=True)
    notes = DocumentsAttribute(null=True)
    raw = BinaryAttribute(null=True, legacy_encoding=False)


class KeyRecord(Record):
    """Another kind of item in the same table; it knows nothing of the indexes."""

    run_id = UnicodeAttribute(hash_key=True, attr_name="runId")
    seq = IntegerAttribute(range_key=True)


def content(record: FrameRecord | None) -> dict[str, Any] | None:
    """What the record has, without its run."""
    if record is None:
        return None
    return {name: value for name, value in record.attribute_values.items() if name != "run_id"}


def in_table(table: Any, run: str, seq: int) -> Any:
    """The item as boto3 reads it, without its run."""
    item = table.get_item(Key={"runId": run, "seq": seq}, ConsistentRead=True).get("Item")
    if item:
        del item["runId"]
    return item
