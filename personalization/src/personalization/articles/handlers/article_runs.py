"""Runs of a project: starting them, listing them, and what is left of the budget for them."""

from datetime import UTC, datetime

from personalization.articles import wiring
from personalization.articles.answers import RunList, runs_answer, runs_scope
from personalization.articles.domain.balances import Balances
from personalization.articles.requests import LISTING, StartArticleRun, read_listing
from shared.errors import Conflict, Forbidden
from shared.http.api import Api
from shared.http.parameters import paging
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.runs.run import Accepted

app = Api(
    prime=(
        wiring.run_service,
        wiring.run_list_service,
        wiring.budget_service,
        wiring.first_answers,
        wiring.cursors,
    )
)


@app.route(
    "POST /api/projects/{projectId}/runs",
    body=StartArticleRun,
    key="optional",
    answers={202: Accepted},
    raises=[Forbidden, Conflict],
)
def start_article_run(request: Request[StartArticleRun]) -> object:
    """Members have an article processed by the prompts in production, editors by other versions; within the budget."""
    caller, now = request.caller, datetime.now(UTC)
    article, claim = request.body.to_request(request.path("projectId")), request.claim
    return once(claim, wiring.first_answers(), now, lambda: wiring.run_service().start(caller, article, now, claim))


@app.route("GET /api/projects/{projectId}/runs", parameters=[*LISTING, *paging()], answers={200: RunList})
def list_runs(request: Request) -> RunList:
    """Viewers list their own runs, editors and owners everybody's, the newest first, without texts; for 90 days."""
    caller, project_id, cursors = request.caller, request.path("projectId"), wiring.cursors()
    listing = read_listing(request)
    scope = runs_scope(project_id, caller.user_id, listing)
    after, limit = request.page(cursors, scope)
    page = wiring.run_list_service().page(caller, project_id, listing, after=after, limit=limit, now=datetime.now(UTC))
    return runs_answer(scope, page, cursors)


@app.route("GET /api/projects/{projectId}/budget", answers={200: Balances})
def read_budget(request: Request) -> Balances:
    """Members see today's tokens of the project, and their own: the limit, spent, reserved for runs, and left."""
    return wiring.budget_service().read(request.caller, request.path("projectId"), datetime.now(UTC))


handler = app
