"""How the domain's values look in the personalization tables, and nothing that leaves this package."""

from personalization.supporters.domain.supporter import Consent, ContactPreferences, Supporter
from shared.dynamodb.tables import Item
from shared.json.encoding import moment, rfc3339


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
