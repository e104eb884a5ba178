"""POST /conversations/{conversationId}/reports, GET /reports, GET /reports/{reportId}, POST …/decisions"""

from datetime import UTC, datetime

from communications.conversations import wiring
from communications.conversations.answers import (
    DecidedReport,
    ReportAnswer,
    ReportsAnswer,
    decided_report,
    position_of,
    report_answer,
    reports_answer,
)
from communications.conversations.domain.reports import State
from communications.conversations.requests import DecideReport, ReportConversation
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.parameters import choice, paging
from shared.http.request import Request

app = Api(prime=(wiring.moderation, wiring.cursors), kind="http")

_STATE = choice("state", State, default=State.OPEN)


@app.route("POST /conversations/{conversationId}/reports", body=ReportConversation, key="optional", answers={204: None})
def report(request: Request[ReportConversation]) -> None:
    """Members report a conversation to staff, as it is then."""
    user_id, conversation_id, reason = request.caller.user_id, request.path("conversationId"), request.body.reason
    wiring.moderation().report(user_id, conversation_id, reason, request.claim, datetime.now(UTC))


@app.route("GET /reports", callers=STAFF, parameters=[_STATE, *paging()], answers={200: ReportsAnswer})
def list_reports(request: Request) -> ReportsAnswer:
    """Staff list reports, the newest first."""
    state, cursors = request.value(_STATE), wiring.cursors()
    scope = f"reports:{state}"
    return reports_answer(wiring.moderation().reports.listed(state, *request.page(cursors, scope)), scope, cursors)


@app.route("GET /reports/{reportId}", callers=STAFF, parameters=paging(), answers={200: ReportAnswer})
def read_report(request: Request) -> ReportAnswer:
    """Staff read a report and the conversation as it was then; that they did so is part of its trail."""
    report_id, cursors = request.path("reportId"), wiring.cursors()
    scope = f"report:{report_id}"
    after, limit = request.page(cursors, scope)
    view = wiring.moderation().look_at(request.caller, report_id, position_of(after), limit, datetime.now(UTC))
    return report_answer(view, scope, cursors)


@app.route(
    "POST /reports/{reportId}/decisions",
    callers=STAFF,
    body=DecideReport,
    answers={200: DecidedReport},
    raises=[Conflict],
)
def decide(request: Request[DecideReport]) -> DecidedReport:
    """Staff dismiss a report, or remove messages of it for everybody, unless they are members themselves."""
    wanted, report_id, now = request.body.checked(), request.path("reportId"), datetime.now(UTC)
    decided = wiring.moderation().decide(
        request.caller, report_id, wanted.decision, wanted.message_ids or (), wanted.note or "", now
    )
    return decided_report(decided)


handler = app
