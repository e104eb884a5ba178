"""What stands behind the webhook's route in tests."""

from dataclasses import dataclass, field

from commerce.payments.domain.events import PaymentEvent


@dataclass
class FakeSecret:
    """`next_secret` and `next_key` come with the next renewal."""

    webhook_secret: str = "whsec_shop"
    key: str = "sk_test_shop"
    next_secret: str = ""
    next_key: str = ""
    renewals: int = 0

    def renew(self) -> bool:
        self.renewals += 1
        before = self.key, self.webhook_secret
        self.key, self.webhook_secret = self.next_key or self.key, self.next_secret or self.webhook_secret
        return (self.key, self.webhook_secret) != before


@dataclass
class FakePaymentEvents:
    put_events: list[PaymentEvent] = field(default_factory=list)

    def put(self, event: PaymentEvent) -> None:
        self.put_events.append(event)
