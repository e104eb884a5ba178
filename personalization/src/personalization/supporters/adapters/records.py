"""Supporters as the Users table has them."""

from typing import Self

from pynamodb.attributes import UnicodeAttribute

from personalization.supporters.domain.supporter import Consent, ContactPreferences, Supporter
from shared.dynamodb.attributes import (
    DocumentAttribute,
    DocumentsAttribute,
    IntegerAttribute,
    MomentAttribute,
    TextsAttribute,
)
from shared.dynamodb.records import Record
from shared.json.encoding import moment, rfc3339


class SupporterRecord(Record):
    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = MomentAttribute(attr_name="createdAt")
    preferences = DocumentAttribute()
    consent = DocumentsAttribute()
    interests = TextsAttribute()
    version = IntegerAttribute()
    email_version = IntegerAttribute(null=True, attr_name="emailVersion")

    @classmethod
    def of(cls, supporter: Supporter) -> Self:
        preferences = supporter.preferences
        return cls(
            supporter.user_id,
            name=supporter.name,
            email=supporter.email,
            created_at=supporter.created_at,
            preferences={"channels": preferences.channels, "frequency": preferences.frequency},
            consent=[
                {"purpose": c.purpose, "granted": c.granted, "recordedAt": rfc3339(c.recorded_at)}
                for c in supporter.consent
            ],
            interests=supporter.interests,
            version=supporter.version,
            email_version=supporter.email_version or None,
        )

    def to_supporter(self) -> Supporter:
        return Supporter(
            user_id=self.user_id,
            name=self.name,
            email=self.email,
            created_at=self.created_at,
            preferences=ContactPreferences(tuple(self.preferences["channels"]), self.preferences["frequency"]),
            consent=tuple(Consent(c["purpose"], c["granted"], moment(c["recordedAt"])) for c in self.consent),
            interests=self.interests,
            version=self.version,
            email_version=self.email_version or 0,
        )
