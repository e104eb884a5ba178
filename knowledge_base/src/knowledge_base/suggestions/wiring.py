"""The composition root of suggestions."""

from functools import cache

from knowledge_base import settings
from knowledge_base.documents.domain.documents import document_id_of
from knowledge_base.documents.wiring import documents
from knowledge_base.suggestions.adapters.knowledge_base import BedrockKnowledgeBase
from knowledge_base.suggestions.adapters.offers import DynamoOffers, DynamoUses
from knowledge_base.suggestions.adapters.sources import DocumentSources
from knowledge_base.suggestions.adapters.votes import DynamoVotes
from knowledge_base.suggestions.domain.suggesting import BedrockService
from shared.dynamodb.connection import readers
from shared.idempotency.first_answers import DynamoFirstAnswers

__all__ = ["bedrock_service", "first_answers", "knowledge_base", "offers", "uses"]


@cache
def offers() -> DynamoOffers:
    return DynamoOffers(settings.Suggestions().suggestions_table)


@cache
def uses() -> DynamoUses:
    return DynamoUses(settings.Uses().uses_table)


@cache
def first_answers() -> DynamoFirstAnswers:
    return DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)


@cache
def knowledge_base() -> BedrockKnowledgeBase:
    retrieval = settings.Retrieval()
    is_managed = retrieval.knowledge_base_store == "managed"
    return BedrockKnowledgeBase(retrieval.knowledge_base_id, document_id_of, is_managed=is_managed)


@cache
def bedrock_service() -> BedrockService:
    return BedrockService(
        knowledge_base=knowledge_base(),
        sources=DocumentSources(documents()),
        votes=DynamoVotes(settings.Votes().votes_table),
        offers=offers(),
        uses=uses(),
        threads=readers(),
    )
