"""The composition root of documents."""

from collections.abc import Sequence
from datetime import timedelta
from functools import cache

from knowledge_base import settings
from knowledge_base.documents.adapters.documents import DynamoDocuments, document_of_image
from knowledge_base.documents.adapters.files import S3Files
from knowledge_base.documents.adapters.knowledge_base import BedrockKnowledgeBase
from knowledge_base.documents.adapters.messages import SqsSyncMessages, sync_of_message
from knowledge_base.documents.adapters.syncs import DynamoSyncs
from knowledge_base.documents.domain.document_events import events_of
from knowledge_base.documents.domain.following import Following
from knowledge_base.documents.domain.library import Library
from knowledge_base.documents.domain.requesting import Requesting
from knowledge_base.documents.domain.syncing import Syncing
from shared.events.changes import Change, Named
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.http.cursors import Cursors
from shared.idempotency.first_answers import DynamoFirstAnswers

__all__ = [
    "cursors",
    "documents",
    "event_bus",
    "events_of_change",
    "first_answers",
    "library",
    "requesting",
    "sync_of_message",
    "syncing",
    "syncs",
]


@cache
def documents() -> DynamoDocuments:
    return DynamoDocuments(settings.Documents().documents_table)


@cache
def library() -> Library:
    return Library(documents(), _files(), _messages())


@cache
def syncs() -> DynamoSyncs:
    return DynamoSyncs(settings.Syncs().syncs_table)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def requesting() -> Requesting:
    return Requesting(syncs(), _messages())


@cache
def syncing() -> Syncing:
    bedrock = settings.KnowledgeBase()
    knowledge_base = BedrockKnowledgeBase(bedrock.knowledge_base_id, bedrock.data_source_id)
    following = Following(documents(), _files(), knowledge_base)
    stuck_after = timedelta(minutes=int(settings.SyncTerms().sync_stuck_minutes))
    return Syncing(syncs(), requesting(), following, knowledge_base, _messages(), stuck_after)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.EventBus().event_bus_name, "almoner.knowledge_base")


def events_of_change(change: Change) -> Sequence[Named]:
    if change.new is None:
        return ()
    return events_of(document_of_image(change.old) if change.old else None, document_of_image(change.new))


@cache
def _files() -> S3Files:
    return S3Files(settings.DocumentFiles().documents_bucket)


@cache
def _messages() -> SqsSyncMessages:
    return SqsSyncMessages(settings.SyncQueue().sync_queue_url)
