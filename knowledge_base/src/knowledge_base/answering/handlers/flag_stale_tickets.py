"""DocumentChanged, DocumentDeleted → tickets that were answered from the document are stale"""

from knowledge_base.answering import wiring
from shared.events.consumers import consumer
from shared.events.domain_events import DomainEvent
from shared.lifecycle.priming import prime

prime(wiring.staleness_service)


@consumer
def handler(event: DomainEvent) -> str:
    """Drop what was suggested from the document, and flag the open tickets that were answered from it."""
    uses = wiring.staleness_service().document_changed(event.data["documentId"])
    return "dropped" if uses else "not used"
