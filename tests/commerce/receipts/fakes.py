"""Users, deliveries and senders in memory."""

from datetime import datetime

from commerce.receipts.domain.sending import HELD, Contact
from commerce.receipts.domain.texts import Mail
from shared.errors import Unavailable


class FakeContacts:
    def __init__(self, **contacts: Contact) -> None:
        self._contacts = contacts

    def find(self, user_id: str) -> Contact | None:
        return self._contacts.get(user_id)


class FakeDeliveries:
    def __init__(self) -> None:
        self.sent: dict[str, datetime] = {}
        self._held: dict[str, datetime] = {}

    def begin(self, delivery_id: str, now: datetime) -> bool:
        if delivery_id in self.sent:
            return False
        if self._held.get(delivery_id, now) > now:
            raise Unavailable("Somebody else is sending it.")
        self._held[delivery_id] = now + HELD
        return True

    def end(self, delivery_id: str, now: datetime) -> None:
        self.sent[delivery_id] = now


class Outbox:
    """Takes mails and SMS, except the next `refusals`."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, Mail]] = []
        self.texts: list[tuple[str, str]] = []
        self.refusals = 0

    def send(self, to: str, content: Mail | str) -> None:
        if self.refusals:
            self.refusals -= 1
            raise Unavailable("Busy.")
        if isinstance(content, Mail):
            self.mails.append((to, content))
        else:
            self.texts.append((to, content))
