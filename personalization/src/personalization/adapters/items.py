"""How the domain's values look in the personalization tables, and nothing that leaves this package."""

from datetime import UTC, datetime
from typing import Literal

from personalization.domain.context import SupporterContext
from personalization.domain.conversation import Interaction, Session, Turn
from personalization.domain.donations import Donation, Frequency, LedgerRow, Refund
from personalization.domain.supporter import Consent, ContactPreferences, Supporter
from shared.dynamodb import Item
from shared.money import Money
from shared.wire import moment, rfc3339

# What the sort keys of totals begin with: greater than every id, so that rows and totals are two ranges.
TOTALS_KEYS = "totals#"
_ANONYMOUS = "#anonymous"


def supporter_item(supporter: Supporter) -> Item:
    preferences = supporter.preferences
    return {
        "userId": supporter.user_id,
        "name": supporter.name,
        "email": supporter.email,
        "createdAt": rfc3339(supporter.created_at),
        "preferences": {"channels": preferences.channels, "frequency": preferences.frequency},
        "consent": [
            {"purpose": c.purpose, "granted": c.granted, "recordedAt": rfc3339(c.recorded_at)}
            for c in supporter.consent
        ],
        "interests": supporter.interests,
        "version": supporter.version,
    }


def supporter_in(item: Item) -> Supporter:
    preferences = item["preferences"]
    return Supporter(
        user_id=item["userId"],
        name=item["name"],
        email=item["email"],
        created_at=moment(item["createdAt"]),
        preferences=ContactPreferences(tuple(preferences["channels"]), preferences["frequency"]),
        consent=tuple(Consent(c["purpose"], c["granted"], moment(c["recordedAt"])) for c in item["consent"]),
        interests=tuple(item["interests"]),
        version=item["version"],
    )


def ledger_item(row: LedgerRow, origin: Literal["request", "import"] = "request") -> Item:
    """Rows of the origin `import` are not published.

    The index ByGift finds a gift whose supporter is not known: `giftId` stands on gifts only, and never on totals, of
    which there are many per key. ByOpenId holds a supporter's rows without the anonymous ones, which have no `openId`:
    readers who may not see those read no trace of them.
    """
    item: Item = {
        "userId": row.user_id,
        "donationId": row.donation_id,
        "openId": None if row.anonymous else row.donation_id,
        "kind": row.kind,
        "origin": origin,
        "amount": row.amount.amount,
        "currency": row.amount.currency,
        "anonymous": row.anonymous,
        "createdAt": rfc3339(row.created_at),
    }
    if isinstance(row, Donation):
        own = {"giftId": row.donation_id, "frequency": row.frequency.value, "refunded": row.refunded.amount}
        return item | own
    return item | {"refundOf": row.refund_of, "reason": row.reason}


def row_in(item: Item) -> LedgerRow:
    amount, created_at = Money(item["amount"], item["currency"]), moment(item["createdAt"])
    if item["kind"] == "refund":
        return Refund(
            donation_id=item["donationId"],
            user_id=item["userId"],
            amount=amount,
            refund_of=item["refundOf"],
            reason=item["reason"],
            anonymous=item["anonymous"],
            created_at=created_at,
        )
    return Donation(
        donation_id=item["donationId"],
        user_id=item["userId"],
        amount=amount,
        frequency=Frequency(item["frequency"]),
        anonymous=item["anonymous"],
        created_at=created_at,
        refunded=Money(item["refunded"], item["currency"]),
    )


def total_key(currency: str, *, anonymous: bool) -> str:
    """`totals#GBP`, and `totals#GBP#anonymous` for the rows that not every reader may count."""
    return f"{TOTALS_KEYS}{currency}" + (_ANONYMOUS if anonymous else "")


def is_anonymous_total(item: Item) -> bool:
    return bool(item["donationId"].endswith(_ANONYMOUS))


def total_in(item: Item) -> Money:
    """The sum that a row of totals holds."""
    return Money(item["amount"], item["donationId"].removeprefix(TOTALS_KEYS).removesuffix(_ANONYMOUS))


def context_item(user_id: str, context: SupporterContext) -> Item:
    if context.updated_at is None:
        raise ValueError("the empty context is not stored")
    return {
        "userId": user_id,
        "version": context.version,
        "interests": context.interests,
        "intents": context.intents,
        "facts": context.facts,
        "updatedAt": rfc3339(context.updated_at),
    }


def context_in(item: Item) -> SupporterContext:
    return SupporterContext(
        version=item["version"],
        interests=tuple(item["interests"]),
        intents=tuple(item["intents"]),
        facts=tuple(item["facts"]),
        updated_at=moment(item["updatedAt"]),
    )


def session_item(session: Session) -> Item:
    """`expiresAt` is in seconds since 1970: the table's time to live."""
    return {
        "sessionId": session.session_id,
        "userId": session.user_id,
        "expiresAt": int(session.expires_at.timestamp()),
    }


def session_in(item: Item) -> Session:
    return Session(item["sessionId"], item["userId"], datetime.fromtimestamp(item["expiresAt"], UTC))


def interaction_item(interaction: Interaction) -> Item:
    """`timestamp` is the time and the interaction's id: two turns of one millisecond are two rows."""
    usage = interaction.usage
    return {
        "userId": interaction.user_id,
        "timestamp": f"{rfc3339(interaction.occurred_at)}#{interaction.interaction_id}",
        "interactionId": interaction.interaction_id,
        "sessionId": interaction.session_id,
        "input": interaction.input,
        "content": interaction.content,
        "basis": [{"fact": fact.name, "value": fact.value} for fact in interaction.basis],
        "contextVersion": interaction.context_version,
        "status": interaction.status,
        "inputTokens": usage.input_tokens if usage else None,
        "outputTokens": usage.output_tokens if usage else None,
    }


def turn_in(item: Item) -> Turn:
    return Turn(item["input"], item["content"])
