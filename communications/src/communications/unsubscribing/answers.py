"""What holders of a link get."""

from typing import Literal, TypedDict

from communications.unsubscribing.domain.unsubscribing import Subscription


class SubscriptionAnswer(TypedDict):
    channel: Literal["email", "sms", "push"]
    category: str
    unsubscribed: bool


def subscription_answer(subscription: Subscription) -> SubscriptionAnswer:
    return {
        "channel": subscription.channel.value,
        "category": subscription.category,
        "unsubscribed": subscription.unsubscribed,
    }
