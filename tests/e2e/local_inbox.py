"""Phone numbers of users, and what was sent to them."""

import re
import secrets

from local.inbox.messages import Delivered, delivered
from tests.e2e.clients import Platform, User

CODE_SUBJECT = "Your verification code"
"""Of what the user pool mails: to everybody who signs up, too."""


def a_number() -> str:
    """Nobody's."""
    return f"+447700{secrets.randbelow(10**6):06}"


def give_phone(platform: Platform, user: User) -> str:
    """A new number, as if it had been verified."""
    number = a_number()
    [table] = [name for name in platform.tables if "Communications" in name and "-UsersTable-" in name]
    platform.aws("dynamodb").update_item(
        TableName=table,
        Key={"userId": {"S": user.user_id}},
        UpdateExpression="SET phone = :number",
        ConditionExpression="attribute_exists(userId)",
        ExpressionAttributeValues={":number": {"S": number}},
    )
    return number


def inbox_of(platform: Platform, to: str) -> list[Delivered]:
    """What the local inbox has for an address, a number or a device, besides codes by mail; the newest first."""
    return [each for each in _everything(platform, to) if each.title != CODE_SUBJECT]


def code_for(platform: Platform, address: str) -> str:
    """The last one that was sent there."""
    texts = (each.text for each in _everything(platform, address))
    return next(str(code) for text in texts for code in re.findall("code is ([0-9]{6})", text))


def _everything(platform: Platform, to: str) -> list[Delivered]:
    return delivered(platform.state / "mail", platform.state / "messages", to=to)
