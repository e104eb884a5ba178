"""What notifications say: GET /notification-templates, previews, and tests to oneself"""

from datetime import UTC, datetime

from communications.notifications import wiring
from communications.notifications.answers import (
    PreviewAnswer,
    SentSample,
    TemplatesAnswer,
    preview_answer,
    templates_answer,
)
from communications.notifications.domain.previewing import preview, type_named
from communications.notifications.domain.types import Channel
from communications.notifications.requests import PreviewNotification, SendTestNotification
from shared.errors import Conflict
from shared.http.api import Api
from shared.http.callers import STAFF
from shared.http.request import Request

app = Api(prime=(wiring.samples,), kind="http")


@app.route("GET /notification-templates", callers=STAFF, answers={200: TemplatesAnswer})
def list_templates(_: Request) -> TemplatesAnswer:
    """Staff list the types of notifications, with their channels, languages and values."""
    return templates_answer()


@app.route(
    "POST /notification-templates/{type}/preview",
    callers=STAFF,
    body=PreviewNotification,
    answers={200: PreviewAnswer},
)
def preview_template(request: Request[PreviewNotification]) -> PreviewAnswer:
    """Staff see what a notification says, with a sample's values or their own."""
    type_, wanted = type_named(request.path("type")), request.body
    return preview_answer(preview(type_, wanted.language, wanted.values, wiring.charity()))


@app.route(
    "POST /notification-templates/{type}/test",
    callers=STAFF,
    body=SendTestNotification,
    answers={202: SentSample},
    raises=[Conflict],
)
def send_sample(request: Request[SendTestNotification]) -> SentSample:
    """Staff send a sample to themselves."""
    type_, wanted, user_id = type_named(request.path("type")), request.body, request.caller.user_id
    now, channel = datetime.now(UTC), Channel(wanted.channel)
    return SentSample(wiring.samples().send(user_id, type_, wanted.language, channel, now))


handler = app
