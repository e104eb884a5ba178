"""Domain events of documents: whoever has quoted one learns that it is another now, or is gone."""

from knowledge_base.documents.domain.documents import GONE, Document, DocumentState
from shared.events.domain_events import DomainEvent

CHANGED, DELETED = "DocumentChanged", "DocumentDeleted"


def events_of(old: Document | None, new: Document) -> list[tuple[str, DomainEvent]]:
    """The events of one change of a record; repeated, they have the same ids."""
    was_gone = old is None or old.state in GONE
    if new.state in GONE:
        return [] if was_gone else [_event(DELETED, new)]
    if old is not None and old.version == new.version:
        return []
    return [_event(CHANGED, new, isNew=old is None or old.state is DocumentState.DELETED)]


def _event(name: str, document: Document, **more: object) -> tuple[str, DomainEvent]:
    data = {"documentId": document.document_id, "version": document.version} | more
    event_id = f"{name}-{document.document_id}-{document.version}"
    return name, DomainEvent(event_id, 1, document.updated_at, "", data)  # not about a user
