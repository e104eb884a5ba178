"""Phone numbers of users, and what was sent to them."""

import secrets

from local.inbox.messages import Delivered, delivered
from tests.e2e.clients import Platform, User


def give_phone(platform: Platform, user: User) -> str:
    """A new number, as if it had been verified."""
    number = f"+447700{secrets.randbelow(10**6):06}"
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
    """What the local inbox has for an address, a number or a device, the newest first."""
    return delivered(platform.state / "mail", platform.state / "messages", to=to)
