"""Imports in DynamoDB."""

from datetime import datetime
from typing import Any, Self

from pynamodb.attributes import BooleanAttribute, UnicodeAttribute

from commerce.imports.domain.background import Counts, Import, Problem, State, StoredFile
from shared.dynamodb.attributes import (
    DocumentAttribute,
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    SecondsAttribute,
)
from shared.dynamodb.records import ConditionFailed, Record
from shared.errors import FieldError


class ImportRecord(Record):
    """`part` counts the parts that are done."""

    import_id = UnicodeAttribute(hash_key=True, attr_name="importId")
    created_by = UnicodeAttribute(attr_name="createdBy")
    created_at = MomentAttribute(attr_name="createdAt")
    is_trial = BooleanAttribute(attr_name="isTrial")
    content_type = UnicodeAttribute(attr_name="contentType")
    state = UnicodeAttribute()
    file_key = UnicodeAttribute(null=True, attr_name="fileKey")
    version_id = UnicodeAttribute(null=True, attr_name="versionId")
    lines = IntegerAttribute(null=True)
    part_count = IntegerAttribute(attr_name="partCount")
    part = IntegerAttribute()
    counts = DocumentsAttribute()
    began_at = MomentAttribute(null=True, attr_name="beganAt")
    problem = DocumentAttribute(null=True)
    ended_at = MomentAttribute(null=True, attr_name="endedAt")
    expires_at = SecondsAttribute(attr_name="expiresAt")

    @classmethod
    def of(cls, import_: Import) -> Self:
        return cls(
            import_.import_id,
            created_by=import_.created_by,
            created_at=import_.created_at,
            is_trial=import_.is_trial,
            content_type=import_.content_type,
            state=import_.state.value,
            file_key=import_.file.key if import_.file else None,
            version_id=import_.file.version_id if import_.file else None,
            lines=import_.lines,
            part_count=import_.part_count,
            part=len(import_.parts),
            counts=[list(counts) for counts in import_.parts],
            began_at=import_.began_at,
            problem=_document(import_.problem) if import_.problem else None,
            ended_at=import_.ended_at,
            expires_at=import_.expires_at,
        )

    def to_import(self) -> Import:
        return Import(
            import_id=self.import_id,
            created_by=self.created_by,
            created_at=self.created_at,
            is_trial=self.is_trial,
            content_type=self.content_type,
            state=State(self.state),
            file=StoredFile(self.file_key, self.version_id) if self.file_key and self.version_id else None,
            lines=self.lines,
            part_count=self.part_count,
            parts=tuple(Counts(*map(int, counts)) for counts in self.counts),
            began_at=self.began_at,
            problem=_problem(self.problem) if self.problem else None,
            ended_at=self.ended_at,
        )


class DynamoImports:
    """The Imports table. A part of an import more makes its item some 20 bytes longer."""

    def __init__(self, imports_table: str) -> None:
        self._imports = ImportRecord.at(imports_table)

    def add(self, new: Import) -> None:
        """One PutItem."""
        self._imports.of(new).put(ImportRecord.import_id.does_not_exist())

    def find(self, import_id: str, now: datetime) -> Import | None:
        """One consistent GetItem."""
        record = self._imports.find(import_id)
        return record.to_import() if record and record.expires_at > now else None

    def advance(self, seen: Import, after: Import) -> bool:
        """One conditional PutItem."""
        as_seen = (ImportRecord.state == seen.state.value) & (ImportRecord.part == len(seen.parts))
        try:
            self._imports.of(after).put(as_seen)
        except ConditionFailed:
            return False
        return True


def _document(problem: Problem) -> dict[str, Any]:
    return {"detail": problem.detail, "errors": [[error.field, error.message] for error in problem.errors]}


def _problem(document: dict[str, Any]) -> Problem:
    return Problem(document["detail"], tuple(FieldError(*error) for error in document["errors"]))
