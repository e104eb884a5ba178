"""The help desk's one function behind its API: its routes are those of the features, whose caches it keeps warm."""

from knowledge_base.answering.handlers import gaps, reply_runs
from knowledge_base.context.handlers import customer_context
from knowledge_base.documents.handlers import documents, kb_syncs
from knowledge_base.figures.handlers import help_desk_figures
from knowledge_base.health.handlers import health_check
from knowledge_base.imports.handlers import customer_imports
from knowledge_base.suggestions.handlers import feedback
from knowledge_base.tickets.handlers import (
    attachments,
    canned_replies,
    ticket_ingestion,
    ticket_merges,
    ticket_replies,
    ticket_satisfaction,
    ticket_viewers,
    tickets,
)
from shared.http.api import Api

router = Api(kind="http")
router.include(health_check.app, help_desk_figures.app, documents.app, kb_syncs.app, customer_imports.app)
router.include(ticket_ingestion.app, tickets.app, ticket_replies.app, ticket_merges.app, ticket_viewers.app)
router.include(ticket_satisfaction.app, attachments.app, canned_replies.app)
router.include(feedback.app, reply_runs.app, gaps.app)
router.include(customer_context.app)

handler = router
