"""The composition root of suggested replies: their runs, what they are made of, and the gaps that they find."""

from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache

from knowledge_base import settings
from knowledge_base.answering.adapters.conversations import TicketConversations
from knowledge_base.answering.adapters.document_news import SqsDocumentNews
from knowledge_base.answering.adapters.gaps import DynamoGapList, DynamoGaps
from knowledge_base.answering.adapters.no_sockets import NoSockets
from knowledge_base.answering.domain.answering import Equipment, ReplyAnswerer
from knowledge_base.answering.domain.conversations import Conversations
from knowledge_base.answering.domain.reading import GapService
from knowledge_base.answering.domain.staleness import StalenessService
from knowledge_base.answering.domain.starting import KIND, ReplyRunService
from knowledge_base.suggestions.wiring import bedrock_service, offers, uses
from knowledge_base.tickets.wiring import threads, tickets
from shared.dynamodb.connection import readers
from shared.erasure.tombstones import DynamoTombstones
from shared.event_streams.tickets import StreamTickets
from shared.http.cursors import Cursors
from shared.http.edge import access
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.ids import new_id
from shared.runs.answerers import Answerers
from shared.runs.service import RunService
from shared.runs.starting import RunStarter
from shared.runs.supervision import RunSupervisor
from shared.runs.wiring import log, queue
from shared.runs.worker import Worker

__all__ = [
    "access",
    "cursors",
    "document_news",
    "equipment",
    "gap_service",
    "reply_run_service",
    "run_service",
    "run_tickets",
    "staleness_service",
    "supervisor",
    "worker",
]


@cache
def conversations() -> Conversations:
    return TicketConversations(tickets(), threads())


def _answerers(with_what: Callable[[], Equipment]) -> Answerers:
    return Answerers({KIND: lambda: ReplyAnswerer(with_what, lambda: datetime.now(UTC))})


def _no_equipment() -> Equipment:
    raise RuntimeError("this function ends runs, and answers none")


@cache
def run_service() -> RunService:
    return RunService(log=log(), enders=_answerers(_no_equipment), sender=NoSockets())


@cache
def run_tickets() -> StreamTickets:
    return StreamTickets(settings.CursorKey().cursor_key)


@cache
def supervisor() -> RunSupervisor:
    return RunSupervisor(runs=run_service(), log=log(), queue=queue())


@cache
def worker() -> Worker:
    return Worker(log=log(), answerers=_answerers(equipment), sender=NoSockets())


@cache
def reply_run_service() -> ReplyRunService:
    first_answers = DynamoFirstAnswers(settings.FirstAnswers().idempotency_table)
    starter = RunStarter(log(), queue())
    return ReplyRunService(tickets=tickets(), starter=starter, records=first_answers, new_id=new_id)


@cache
def equipment() -> Equipment:
    # imported here: only the function that answers talks to models
    from knowledge_base.answering.adapters.embeddings import TitanEmbeddings
    from knowledge_base.answering.adapters.writer import bedrock_reply_writer

    return Equipment(
        conversations=conversations(),
        bedrock=bedrock_service(),
        uses=uses(),
        gaps=DynamoGaps(settings.Gaps().gaps_table, DynamoTombstones(settings.Tombstones().tombstones_table)),
        writer=bedrock_reply_writer(settings.HelpModel().help_model_id),
        embeddings=TitanEmbeddings(settings.EmbeddingModel().embedding_model_id),
    )


@cache
def staleness_service() -> StalenessService:
    return StalenessService(uses=uses(), offers=offers(), conversations=conversations(), threads=readers())


@cache
def document_news() -> SqsDocumentNews:
    return SqsDocumentNews(settings.DocumentNews().document_news_queue_url)


@cache
def cursors() -> Cursors:
    return Cursors(settings.CursorKey().cursor_key)


@cache
def gap_service() -> GapService:
    return GapService(DynamoGapList(settings.Gaps().gaps_table), float(settings.GapTerms().gap_similarity))
