"""POST /api/projects/{projectId}/runs"""

from datetime import UTC, datetime

from personalization.articles import wiring
from personalization.articles.requests import StartArticleRun
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.request import Request
from shared.idempotency.claims import once
from shared.runs.run import Accepted

app = Api(prime=(wiring.run_service, wiring.first_answers))


@app.route(
    "POST /api/projects/{projectId}/runs",
    body=StartArticleRun,
    key="optional",
    answers={202: Accepted},
    raises=[Conflict],
)
def start_article_run(request: Request[StartArticleRun]) -> object:
    """Members have an article processed by the prompts of their project, within its budget."""
    caller, now = request.caller, datetime.now(UTC)
    article, claim = request.body.to_request(request.path("projectId")), request.claim
    return once(claim, wiring.first_answers(), now, lambda: wiring.run_service().start(caller, article, now, claim))


handler = app
