"""The items of the personalization tables, and nothing that leaves this package."""

from datetime import UTC, datetime
from typing import Any, Literal

from pynamodb.attributes import (
    BooleanAttribute,
    ListAttribute,
    MapAttribute,
    NumberAttribute,
    UnicodeAttribute,
)
from pynamodb.indexes import AllProjection, GlobalSecondaryIndex, KeysOnlyProjection, LocalSecondaryIndex
from pynamodb.models import Model

from personalization.domain.context import SupporterContext
from personalization.domain.conversation import Interaction, Session, Turn
from personalization.domain.donations import Donation, Frequency, LedgerRow, Refund
from personalization.domain.supporter import Consent, ContactPreferences, Supporter
from shared.money import Money
from shared.wire import moment, rfc3339

# What the sort keys of totals begin with: greater than every id, so that rows and totals are two ranges.
TOTALS_KEYS = "totals#"
_ANONYMOUS = "#anonymous"


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


class GiftIndex(GlobalSecondaryIndex["DonationItem"]):
    """Finds a gift whose supporter is not known. Sparse: totals, of which there are many per key, are not in it."""

    class Meta:
        index_name = "ByGift"
        projection = KeysOnlyProjection()

    gift_id = UnicodeAttribute(hash_key=True, attr_name="giftId")


class OpenIndex(LocalSecondaryIndex["DonationItem"]):
    """A supporter's rows without the anonymous ones: readers who may not see those read no trace of them."""

    class Meta:
        index_name = "ByOpenId"
        projection = AllProjection()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    open_id = UnicodeAttribute(range_key=True, attr_name="openId")


class DonationItem(Model):
    """A ledger row; or, under a key that begins with TOTALS_KEYS, the sum of a supporter's rows of one currency."""

    class Meta:
        table_name = ""

    gifts = GiftIndex()
    open_rows = OpenIndex()

    user_id = UnicodeAttribute(hash_key=True, attr_name="userId")
    donation_id = UnicodeAttribute(range_key=True, attr_name="donationId")
    gift_id = UnicodeAttribute(null=True, attr_name="giftId")
    open_id = UnicodeAttribute(null=True, attr_name="openId")
    kind = UnicodeAttribute(null=True)
    origin = UnicodeAttribute(null=True)
    amount = NumberAttribute()
    currency = UnicodeAttribute(null=True)
    frequency = UnicodeAttribute(null=True)
    anonymous = BooleanAttribute(null=True)
    created_at = UnicodeAttribute(null=True, attr_name="createdAt")
    refunded = NumberAttribute(null=True)
    refund_of = UnicodeAttribute(null=True, attr_name="refundOf")
    reason = UnicodeAttribute(null=True)

    @classmethod
    def of(cls, row: LedgerRow, origin: Literal["request", "import"] = "request") -> "DonationItem":
        """Rows of the origin `import` are not published."""
        item = cls(
            user_id=row.user_id,
            donation_id=row.donation_id,
            open_id=None if row.anonymous else row.donation_id,
            kind=row.kind,
            origin=origin,
            amount=row.amount.amount,
            currency=row.amount.currency,
            anonymous=row.anonymous,
            created_at=rfc3339(row.created_at),
        )
        if isinstance(row, Donation):
            item.gift_id = row.donation_id
            item.frequency = row.frequency.value
            item.refunded = row.refunded.amount
        else:
            item.refund_of, item.reason = row.refund_of, row.reason
        return item

    def to_domain(self) -> LedgerRow:
        amount, created_at = Money(int(self.amount), self.currency), moment(self.created_at)
        if self.kind == "refund":
            return Refund(
                donation_id=self.donation_id,
                user_id=self.user_id,
                amount=amount,
                refund_of=self.refund_of,
                reason=self.reason,
                anonymous=self.anonymous,
                created_at=created_at,
            )
        return Donation(
            donation_id=self.donation_id,
            user_id=self.user_id,
            amount=amount,
            frequency=Frequency(self.frequency),
            anonymous=self.anonymous,
            created_at=created_at,
            refunded=Money(int(self.refunded), self.currency),
        )


def total_key(currency: str, *, anonymous: bool) -> str:
    """`totals#GBP`, and `totals#GBP#anonymous` for the rows that not every reader may count."""
    return f"{TOTALS_KEYS}{currency}" + (_ANONYMOUS if anonymous else "")


def is_anonymous_total(item: DonationItem) -> bool:
    return item.donation_id.endswith(_ANONYMOUS)


def total_of(item: DonationItem) -> Money:
    """The sum that a row of totals holds."""
    return Money(int(item.amount), item.donation_id.removeprefix(TOTALS_KEYS).removesuffix(_ANONYMOUS))


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
