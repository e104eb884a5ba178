"""Inboxes of the deployed platform, to which tests write as its functions do."""

from communications.inbox.domain.inbox import Entry, Kind


def message(number: int) -> Entry:
    return Entry(Kind.MESSAGE, {"messageId": str(number)}, messages=1)
