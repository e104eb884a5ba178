"""A streamed answer as a whole, stopping it, and tickets to follow it."""

from datetime import UTC, datetime

from personalization.articles.answers import ArticleRunAnswer, article_run_answer
from personalization.following import wiring
from personalization.following.requests import run_key
from shared.event_streams.routes import StreamTicketAnswer, ticket_for
from shared.http.api import Api
from shared.http.request import Request
from shared.runs.routes import RunAnswer, run_answer, stopped
from shared.runs.run import Run

app = Api(prime=(wiring.run_service, wiring.run_tickets))


@app.route("GET /agent/runs/{runId}", answers={200: RunAnswer})
def read_run(request: Request) -> RunAnswer:
    """Whoever started the run reads its status and what it has said so far; nobody else may, not even staff."""
    run = _own_run(request)
    return run_answer(run, wiring.run_service().frames(run))


@app.route("GET /api/projects/{projectId}/runs/{runId}", answers={200: ArticleRunAnswer})
def read_article_run(request: Request) -> ArticleRunAnswer:
    """Whoever started the run reads its status, what it has said so far, and which versions of prompts it uses."""
    run = _own_run(request)
    return article_run_answer(run, wiring.run_service().frames(run))


@app.route("POST /agent/runs/{runId}/stop", answers={200: RunAnswer})
@app.route("POST /api/projects/{projectId}/runs/{runId}/stop", answers={200: RunAnswer}, name="stop_article_run")
def stop_run(request: Request) -> RunAnswer:
    """Whoever started the run stops it; what it has said is kept. Idempotent."""
    return stopped(_own_run(request), wiring.run_service())


@app.route("POST /agent/runs/{runId}/tickets", answers={201: StreamTicketAnswer})
@app.route(
    "POST /api/projects/{projectId}/runs/{runId}/tickets",
    answers={201: StreamTicketAnswer},
    name="issue_article_run_ticket",
)
def issue_run_ticket(request: Request) -> StreamTicketAnswer:
    """Whoever started the run gets a ticket for a browser's EventSource, which cannot send a token."""
    return ticket_for(request.caller, _own_run(request).run_id, wiring.run_tickets(), datetime.now(UTC))


def _own_run(request: Request) -> Run:
    """Raises NotFound for another's run, to staff and members of the project too; Unavailable."""
    return wiring.run_service().find_own(*run_key(request))


handler = app
