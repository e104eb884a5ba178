"""What staff send about suggestions."""

from shared.http.fields import Body, MessageId


class GiveFeedback(Body):
    """`helpful` counts once for each ticket, as it was sent last."""

    suggestion_id: MessageId
    helpful: bool
