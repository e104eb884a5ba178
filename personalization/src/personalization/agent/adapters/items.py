"""How the domain's values look in the personalization tables, and nothing that leaves this package."""

from datetime import UTC, datetime

from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.conversation import Interaction, Session, Turn
from shared.dynamodb.tables import Item
from shared.json.encoding import moment, rfc3339


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
