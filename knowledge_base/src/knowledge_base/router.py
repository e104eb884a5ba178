"""The help desk's one function behind its API: its routes are those of the features, whose caches it keeps warm."""

from knowledge_base.documents.handlers import documents, kb_syncs
from knowledge_base.health.handlers import health_check
from shared.http.api import Api

router = Api(kind="http")
router.include(health_check.app, documents.app, kb_syncs.app)

handler = router
