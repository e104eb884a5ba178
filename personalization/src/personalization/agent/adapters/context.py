"""What the agent has learned of a supporter, in DynamoDB."""

from personalization.agent.adapters.records import ContextRecord
from personalization.agent.domain.context import SupporterContext
from shared.dynamodb.records import select


def latest_context(contexts: type[ContextRecord], user_id: str) -> SupporterContext:
    """One Query of one row."""
    newest = select(contexts, user_id, newest_first=True, limit=1)
    return newest[0].to_context() if newest else SupporterContext()
