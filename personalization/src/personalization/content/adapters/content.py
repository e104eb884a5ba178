"""The charity's content in DynamoDB."""

from contextlib import suppress
from dataclasses import replace

from personalization.content.adapters.records import (
    COLLECTION,
    REVISION_KEY,
    ContentRecord,
    RemovedRecord,
    RevisionRecord,
)
from personalization.content.domain.content import Content
from shared.dynamodb.transactions import Transaction
from shared.errors import Unavailable, VersionConflict
from shared.persistence.unit_of_work import WriteRefused

_ATTEMPTS_TO_REMOVE = 5
_CONTENT, _REMOVED, _REVISION = "content", "removed", "revision"  # of a transaction's writes


class DynamoContents:
    """Writes the Content table: each change is one transaction with the count of changes."""

    def __init__(self, content_table: str) -> None:
        self._contents = ContentRecord.at(content_table)
        self._removed, self._revisions = RemovedRecord.at(content_table), RevisionRecord.at(content_table)

    def find(self, content_id: str) -> Content | None:
        """One consistent GetItem."""
        record = self._contents.find(COLLECTION, content_id)
        return record.to_content() if record else None

    def put(self, content: Content) -> Content:
        """One transaction; where content is created that has been removed before, a GetItem and another one."""
        transaction = self._counted()
        if content.version > 1:
            transaction.save(_CONTENT, self._contents.of(content), ContentRecord.version == content.version - 1)
        else:
            transaction.save(_CONTENT, self._contents.of(content), ContentRecord.version.does_not_exist())
            removed = self._removed.of(content.content_id)
            transaction.require(_REMOVED, removed, RemovedRecord.version.does_not_exist())
        try:
            transaction.commit()
        except WriteRefused as error:
            if _REMOVED in error.refused and _CONTENT not in error.refused:
                return self._put_again(content)
            raise VersionConflict from error
        return content

    def remove(self, content_id: str) -> None:
        """A GetItem and a transaction, and both again where somebody else changes it in between."""
        for _ in range(_ATTEMPTS_TO_REMOVE):
            seen = ContentRecord.collection, ContentRecord.content_id, ContentRecord.version
            current = self._contents.find(COLLECTION, content_id, attributes=seen)
            if current is None:
                return
            last = current.version
            transaction = self._counted()
            transaction.remove(_CONTENT, current, ContentRecord.version == last)
            transaction.save(_REMOVED, self._removed.of(content_id, last))
            with suppress(WriteRefused):
                transaction.commit()
                return
        raise Unavailable("Others are changing this content; try again.", retry_after_seconds=2)

    def _put_again(self, content: Content) -> Content:
        """The version after the one that was removed."""
        removed = self._removed.of(content.content_id)
        kept = self._removed.find(removed.collection, removed.content_id)
        if kept is None:
            raise AssertionError("what has been removed stays on record")
        again = replace(content, version=kept.version + 1)
        transaction = self._counted()
        transaction.save(_CONTENT, self._contents.of(again), ContentRecord.version.does_not_exist())
        transaction.require(_REMOVED, removed, RemovedRecord.version == kept.version)
        try:
            transaction.commit()
        except WriteRefused as error:
            raise VersionConflict from error
        return again

    def _counted(self) -> Transaction:
        """A transaction that counts what else it changes. Everybody writes this row: conflicts are tried again."""
        transaction = Transaction()
        transaction.change(_REVISION, self._revisions(*REVISION_KEY), [RevisionRecord.revision.add(1)])
        return transaction
