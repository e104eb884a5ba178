"""What holders of a link get."""

from typing import Literal, TypedDict

from communications.unsubscribing.domain.unsubscribing import Subscription


class SubscriptionAnswer(TypedDict):
    channel: Literal["email", "sms", "push"]
    category: str
    unsubscribed: bool


class UnsubscribedAnswer(SubscriptionAnswer):
    """`undo` is a token for `POST /resubscribe/{token}`; null where it cannot be taken back."""

    undo: str | None


def subscription_answer(subscription: Subscription) -> SubscriptionAnswer:
    return {
        "channel": subscription.channel.value,
        "category": subscription.category,
        "unsubscribed": subscription.unsubscribed,
    }


def unsubscribed_answer(subscription: Subscription) -> UnsubscribedAnswer:
    return {**subscription_answer(subscription), "undo": subscription.undo}
