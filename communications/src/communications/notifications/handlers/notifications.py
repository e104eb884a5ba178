"""A user's notifications: GET /notifications, PATCH /notifications/{notificationId}, and why they came as they did"""

from datetime import UTC, datetime

from communications.notifications import wiring
from communications.notifications.answers import (
    ExplanationAnswer,
    NotificationAnswer,
    NotificationsAnswer,
    UnreadNotifications,
    explanation_answer,
    notification_answer,
    notifications_answer,
)
from communications.notifications.domain.notification import State
from communications.notifications.requests import ChangeNotification, MarkNotifications
from shared.http.api import Api
from shared.http.parameters import choice, paging
from shared.http.request import Request

STATE = choice("state", State, default=State.CURRENT, description="`current`: neither archived nor snoozed.")

app = Api(prime=(wiring.changes, wiring.explaining, wiring.cursors), kind="http")


@app.route("GET /notifications", parameters=[STATE, *paging()], answers={200: NotificationsAnswer})
def list_notifications(request: Request) -> NotificationsAnswer:
    """Users list their notifications, the newest first."""
    user_id, state, cursors, changes = request.caller.user_id, request.value(STATE), wiring.cursors(), wiring.changes()
    scope = f"notifications:{user_id}:{state}"
    page = changes.notifications.listed(user_id, state, datetime.now(UTC), *request.page(cursors, scope))
    return notifications_answer(page, changes.inbox.head(user_id).unread.notifications, scope, cursors)


@app.route("PATCH /notifications/{notificationId}", body=ChangeNotification, answers={200: NotificationAnswer})
def change_notification(request: Request[ChangeNotification]) -> NotificationAnswer:
    """Users say that they have seen or read one of their notifications, archive it, or have it come back later."""
    user_id, notification_id, change = request.caller.user_id, request.path("notificationId"), request.body.to_change()
    return notification_answer(wiring.changes().change(user_id, notification_id, change, datetime.now(UTC)))


@app.route("POST /notifications/reads", body=MarkNotifications, answers={200: UnreadNotifications})
def mark_notifications(request: Request[MarkNotifications]) -> UnreadNotifications:
    """Users say that they have read, or just seen, their newest notifications up to one of them."""
    user_id, marked = request.caller.user_id, request.body
    head = wiring.changes().mark(user_id, marked.state, marked.up_to, datetime.now(UTC))
    return UnreadNotifications(head.unread.notifications)


@app.route("GET /notifications/{notificationId}/explanation", answers={200: ExplanationAnswer})
def explain_notification(request: Request) -> ExplanationAnswer:
    """Users read why each channel did or did not bring them one of their notifications."""
    return explanation_answer(wiring.explaining().explain(request.caller.user_id, request.path("notificationId")))


handler = app
