"""The items of the personalization tables, and nothing that leaves this package."""

from datetime import UTC, datetime
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
from personalization.domain.conversation import Interaction, Session, Turn
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


class SessionItem(Model):
    class Meta:
        table_name = ""

    session_id = UnicodeAttribute(hash_key=True, attr_name="sessionId")
    user_id = UnicodeAttribute(attr_name="userId")
    expires_at = NumberAttribute(attr_name="expiresAt")  # seconds since 1970: the table's time to live

    @classmethod
    def of(cls, session: Session) -> "SessionItem":
        return cls(session.session_id, user_id=session.user_id, expires_at=int(session.expires_at.timestamp()))

    def to_domain(self) -> Session:
        return Session(self.session_id, self.user_id, datetime.fromtimestamp(int(self.expires_at), UTC))


class InteractionItem(Model):
    """`timestamp` is the time and the interaction's id: two turns of one millisecond are two rows."""

    class Meta:
        table_name = ""

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    timestamp = UnicodeAttribute(range_key=True)
    interaction_id = UnicodeAttribute(attr_name="interactionId")
    session_id = UnicodeAttribute(attr_name="sessionId")
    input = UnicodeAttribute()
    content = UnicodeAttribute()
    basis: ListAttribute[Any] = ListAttribute()
    context_version = NumberAttribute(attr_name="contextVersion")
    input_tokens = NumberAttribute(attr_name="inputTokens")
    output_tokens = NumberAttribute(attr_name="outputTokens")

    @classmethod
    def of(cls, interaction: Interaction) -> "InteractionItem":
        return cls(
            user_id=interaction.user_id,
            timestamp=f"{rfc3339(interaction.occurred_at)}#{interaction.interaction_id}",
            interaction_id=interaction.interaction_id,
            session_id=interaction.session_id,
            input=interaction.input,
            content=interaction.content,
            basis=[{"fact": fact.name, "value": fact.value} for fact in interaction.basis],
            context_version=interaction.context_version,
            input_tokens=interaction.usage.input_tokens,
            output_tokens=interaction.usage.output_tokens,
        )

    def to_turn(self) -> Turn:
        return Turn(self.input, self.content)
