"""Users as the Users table has them, and their addresses."""

from datetime import time
from typing import Any, Self

from pynamodb.attributes import UnicodeAttribute

from communications.users.domain.users import Channels, Digest, QuietHours, Settings, User
from shared.dynamodb.attributes import DocumentAttribute, IntegerAttribute, MomentAttribute
from shared.dynamodb.records import Record


class AddressRecord(Record):
    """Whose an address is: written in the transaction that writes the user."""

    address = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(attr_name="userId")


class UserRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    email = UnicodeAttribute()
    first_name = UnicodeAttribute(attr_name="firstName")
    last_name = UnicodeAttribute(attr_name="lastName")
    phone = UnicodeAttribute(null=True)
    settings = DocumentAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    updated_at = MomentAttribute(attr_name="updatedAt")
    invited_by = UnicodeAttribute(null=True, attr_name="invitedBy")
    version = IntegerAttribute()

    @classmethod
    def of(cls, user: User) -> Self:
        return cls(
            user.user_id,
            email=user.email,
            first_name=user.first_name,
            last_name=user.last_name,
            phone=user.phone,
            settings=_document(user.settings),
            created_at=user.created_at,
            updated_at=user.updated_at,
            invited_by=user.invited_by,
            version=user.version,
        )

    def to_user(self) -> User:
        return User(
            user_id=self.user_id,
            email=self.email,
            first_name=self.first_name,
            last_name=self.last_name,
            phone=self.phone,
            settings=_settings(self.settings),
            created_at=self.created_at,
            updated_at=self.updated_at,
            invited_by=self.invited_by,
            version=self.version,
        )


def _document(settings: Settings) -> dict[str, Any]:
    channels, quiet = settings.channels, settings.quiet_hours
    return {
        "channels": {"email": channels.email, "sms": channels.sms, "push": channels.push},
        "quietHours": quiet and {"from": _clock(quiet.start), "to": _clock(quiet.end), "timeZone": quiet.zone},
        "language": settings.language,
        "digest": settings.digest,
    }


def _settings(document: dict[str, Any]) -> Settings:
    channels, quiet = document["channels"], document["quietHours"]
    return Settings(
        Channels(channels["email"], channels["sms"], channels["push"]),
        quiet and QuietHours(time.fromisoformat(quiet["from"]), time.fromisoformat(quiet["to"]), quiet["timeZone"]),
        document["language"],
        Digest(document["digest"]),
    )


def _clock(value: time) -> str:
    return value.isoformat("minutes")
