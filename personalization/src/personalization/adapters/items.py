"""The items of the personalization tables, and nothing that leaves this package."""

from typing import Any

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.models import Model

from personalization.domain.context import SupporterContext
from personalization.domain.donations import Donation, Frequency
from personalization.domain.supporter import Consent, ContactPreferences, Supporter
from shared.money import Money
from shared.wire import moment, rfc3339

# The sort key of a ledger's totals row: greater than every id, so that the newest page, read backwards, begins with it.
TOTALS_KEY = "totals"


class SupporterItem(Model):
    class Meta:
        table_name = ""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    name = UnicodeAttribute()
    email = UnicodeAttribute()
    created_at = UnicodeAttribute(attr_name="createdAt")
    preferences: MapAttribute[str, Any] = MapAttribute()
    consent: ListAttribute[Any] = ListAttribute()
    interests: ListAttribute[str] = ListAttribute()
    version = NumberAttribute()

    @classmethod
    def of(cls, supporter: Supporter) -> "SupporterItem":
        preferences = supporter.preferences
        return cls(
            user_id=supporter.user_id,
            name=supporter.name,
            email=supporter.email,
            created_at=rfc3339(supporter.created_at),
            preferences={"channels": list(preferences.channels), "frequency": preferences.frequency},
            consent=[
                {"purpose": c.purpose, "granted": c.granted, "recordedAt": rfc3339(c.recorded_at)}
                for c in supporter.consent
            ],
            interests=list(supporter.interests),
            version=supporter.version,
        )

    def to_domain(self) -> Supporter:
        return Supporter(
            user_id=self.user_id,
            name=self.name,
            email=self.email,
            created_at=moment(self.created_at),
            preferences=ContactPreferences(tuple(self.preferences["channels"]), self.preferences["frequency"]),
            consent=tuple(Consent(c["purpose"], c["granted"], moment(c["recordedAt"])) for c in self.consent),
            interests=tuple(self.interests),
            version=int(self.version),
        )


class DonationItem(Model):
    """A ledger row; or, under TOTALS_KEY, the sums of a supporter's rows, changed in the same transaction as they."""

    class Meta:
        table_name = ""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    donation_id = UnicodeAttribute(range_key=True, attr_name="donationId")
    amount = NumberAttribute(null=True)
    currency = UnicodeAttribute(null=True)
    frequency = UnicodeAttribute(null=True)
    anonymous = BooleanAttribute(null=True)
    created_at = UnicodeAttribute(null=True, attr_name="createdAt")
    totals: MapAttribute[str, int] = MapAttribute(null=True)

    @classmethod
    def of(cls, donation: Donation) -> "DonationItem":
        return cls(
            user_id=donation.user_id,
            donation_id=donation.donation_id,
            amount=donation.amount.amount,
            currency=donation.amount.currency,
            frequency=donation.frequency.value,
            anonymous=donation.anonymous,
            created_at=rfc3339(donation.created_at),
        )

    def to_domain(self) -> Donation:
        return Donation(
            donation_id=self.donation_id,
            user_id=self.user_id,
            amount=Money(int(self.amount), self.currency),
            frequency=Frequency(self.frequency),
            anonymous=self.anonymous,
            created_at=moment(self.created_at),
        )


class ContextItem(Model):
    class Meta:
        table_name = ""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    version = NumberAttribute(range_key=True)
    interests: ListAttribute[str] = ListAttribute()
    intents: ListAttribute[str] = ListAttribute()
    facts: ListAttribute[str] = ListAttribute()
    updated_at = UnicodeAttribute(attr_name="updatedAt")

    @classmethod
    def of(cls, user_id: str, context: SupporterContext) -> "ContextItem":
        if context.updated_at is None:
            raise ValueError("the empty context is not stored")
        return cls(
            user_id=user_id,
            version=context.version,
            interests=list(context.interests),
            intents=list(context.intents),
            facts=list(context.facts),
            updated_at=rfc3339(context.updated_at),
        )

    def to_domain(self) -> SupporterContext:
        return SupporterContext(
            version=int(self.version),
            interests=tuple(self.interests),
            intents=tuple(self.intents),
            facts=tuple(self.facts),
            updated_at=moment(self.updated_at),
        )
