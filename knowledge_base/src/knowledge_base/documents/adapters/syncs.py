"""Syncs in DynamoDB: the slots are one item, and each sync that has ended is one."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any

from pynamodb.attributes import UnicodeAttribute

from knowledge_base.documents.domain.syncs import Counts, Slots, SlotsChanged, Sync, SyncState
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, SecondsAttribute
from shared.dynamodb.records import Record, select
from shared.dynamodb.transactions import Transaction
from shared.idempotency.claims import translated_refusals
from shared.json.encoding import encode, moment
from shared.persistence.unit_of_work import Write, WriteRefused

_SLOTS, _ENDED = "slots", "ended"
_KEPT = timedelta(days=90)


class SlotsRecord(Record):
    kind = UnicodeAttribute(hash_key=True)
    sync_id = UnicodeAttribute(range_key=True, attr_name="syncId")
    running = DocumentAttribute(null=True)
    waiting = DocumentAttribute(null=True)
    revision = IntegerAttribute()


class EndedSyncRecord(Record):
    kind = UnicodeAttribute(hash_key=True)
    sync_id = UnicodeAttribute(range_key=True, attr_name="syncId")
    sync = DocumentAttribute()
    expires_at = SecondsAttribute(attr_name="expiresAt")  # the table's time to live


class DynamoSyncs:
    def __init__(self, syncs_table: str) -> None:
        self._slots, self._ended = SlotsRecord.at(syncs_table), EndedSyncRecord.at(syncs_table)

    def slots(self) -> Slots:
        """One consistent GetItem."""
        record = self._slots.find(_SLOTS, _SLOTS)
        if record is None:
            return Slots()
        running, waiting = (_sync(found) if found else None for found in (record.running, record.waiting))
        return Slots(running, waiting, record.revision)

    def save(self, slots: Slots, ended: Sync | None = None, record: Write | None = None) -> Slots:
        """One transaction."""
        saved = replace(slots, revision=slots.revision + 1)
        running, waiting = (_document(sync) if sync else None for sync in (saved.running, saved.waiting))
        present = self._slots(_SLOTS, _SLOTS, running=running, waiting=waiting, revision=saved.revision)
        is_present = SlotsRecord.revision == slots.revision if slots.revision else SlotsRecord.kind.does_not_exist()
        transaction = Transaction()
        transaction.save(_SLOTS, present, is_present)
        if ended and ended.ended_at:
            expires_at = ended.ended_at + _KEPT
            transaction.save(_ENDED, self._ended(_ENDED, ended.sync_id, sync=_document(ended), expires_at=expires_at))
        if record:
            record(transaction)
        try:
            with translated_refusals():
                transaction.commit()
        except WriteRefused as error:
            raise SlotsChanged from error
        return saved

    def ended(self, after: str | None, limit: int) -> tuple[Sync, ...]:
        """One consistent Query."""
        older = EndedSyncRecord.sync_id < after if after else None
        found = select(self._ended, _ENDED, older, newest_first=True, limit=limit)
        return tuple(_sync(record.sync) for record in found)


def _document(sync: Sync) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(encode(sync))
    return {name: value for name, value in document.items() if value is not None}


def _sync(document: dict[str, Any]) -> Sync:
    times = [moment(document[name]) if name in document else None for name in ("startedAt", "endedAt", "startAfter")]
    started_at, ended_at, start_after = times
    return Sync(
        document["syncId"],
        SyncState(document["state"]),
        moment(document["requestedAt"]),
        started_at,
        ended_at,
        document["attempt"],
        start_after,
        document.get("jobId"),
        Counts(**document["counts"]) if "counts" in document else None,
        document.get("reason"),
    )
