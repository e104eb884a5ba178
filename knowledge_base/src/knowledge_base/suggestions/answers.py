"""What staff receive of suggestions."""

from dataclasses import dataclass
from typing import Self

from knowledge_base.suggestions.domain.suggesting import Suggestion


@dataclass(frozen=True, slots=True, kw_only=True)
class SuggestionItem:
    """`source` is where the document lies; `score` is higher for what is nearer, and means nothing by itself."""

    suggestion_id: str
    document_id: str
    title: str
    passage: str
    source: str
    score: float

    @classmethod
    def of(cls, suggestion: Suggestion) -> Self:
        passage = suggestion.passage
        return cls(
            suggestion_id=suggestion.suggestion_id,
            document_id=passage.document_id,
            title=passage.title,
            passage=passage.text,
            source=passage.source,
            score=passage.score,
        )
