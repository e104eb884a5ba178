"""Which documents can be cited, from the list of documents."""

from collections.abc import Collection, Mapping

from knowledge_base.documents.domain.documents import Documents
from knowledge_base.suggestions.domain.passages import Source


class DocumentSources:
    def __init__(self, documents: Documents) -> None:
        self._documents = documents

    def searchable(self, document_ids: Collection[str]) -> Mapping[str, Source]:
        """One consistent BatchGetItem for each hundred."""
        if not document_ids:
            return {}
        found = self._documents.find_many(sorted(document_ids))
        return {each: Source(each, found[each].name, found[each].version) for each in found if found[each].is_current}
