"""What suggestions cost in DynamoDB, beside one Retrieve of Bedrock: round trips that follow one another."""

from collections.abc import Iterator
from dataclasses import replace
from functools import partial

import pytest

from knowledge_base.documents.adapters.documents import DynamoDocuments
from knowledge_base.documents.domain.documents import DocumentState
from knowledge_base.suggestions.adapters.offers import DynamoOffers, DynamoUses
from knowledge_base.suggestions.adapters.sources import DocumentSources
from knowledge_base.suggestions.adapters.votes import DynamoVotes
from knowledge_base.suggestions.domain.suggesting import BedrockService
from knowledge_base.tickets.adapters.threads import DynamoThreads
from local.workspace import ROOT
from shared.dynamodb.connection import readers
from tests.knowledge_base.documents.examples import a_document
from tests.knowledge_base.suggestions.fakes import NOW, FakeLibrary, a_passage
from tests.shared.dynamodb.dynamodb_calls import rounds_of
from tests.shared.dynamodb.dynamodb_tables import tables_like

TABLES = ["SuggestionsTable", "UsesTable", "VotesTable", "TicketEntriesTable"]

pytestmark = [pytest.mark.emulator, pytest.mark.xdist_group("emulator")]


@pytest.fixture
def tables(local_aws: str) -> Iterator[dict[str, str]]:
    folder = ROOT / "knowledge_base"
    with (
        tables_like(local_aws, folder, TABLES) as names,
        tables_like(local_aws, folder / "documents.yaml", ["DocumentsTable"]) as documents,
    ):
        yield names | documents


@pytest.fixture
def service(tables: dict[str, str]) -> BedrockService:
    documents, passages = DynamoDocuments(tables["DocumentsTable"]), []
    for name in ("returns.md", "gifts.md"):
        document = documents.save(a_document(name, DocumentState.SEARCHABLE))
        passages.append(replace(a_passage(f"About {name}."), document_id=document.document_id))
    return BedrockService(
        knowledge_base=FakeLibrary(*passages),
        sources=DocumentSources(documents),
        votes=DynamoVotes(tables["VotesTable"]),
        offers=DynamoOffers(tables["SuggestionsTable"]),
        uses=DynamoUses(tables["UsesTable"]),
        threads=readers(),
    )


def test_suggestions_are_two_rounds_and_new_ones_three_and_a_retrieval(
    service: BedrockService, tables: dict[str, str]
) -> None:
    threads = DynamoThreads(tables["TicketEntriesTable"])

    def question() -> str:
        return f"How do I return it? {threads.opening('t1')}"

    suggest = partial(service.suggest, "t1", question, NOW)
    read, checked, kept = ["GetItem", "Query"], ["BatchGetItem", "BatchGetItem"], ["PutItem", "PutItem", "PutItem"]
    assert rounds_of(suggest, read, checked, kept) == [read, checked, kept]
    assert rounds_of(suggest, read, checked) == [read, checked]


def test_passages_for_a_reply_are_a_retrieval_and_a_round(service: BedrockService) -> None:
    checked = ["BatchGetItem", "BatchGetItem"]
    assert rounds_of(lambda: service.passages("How do I return it?", 5), checked) == [checked]
