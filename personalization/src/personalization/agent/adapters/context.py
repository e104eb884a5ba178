"""Supporters, and what their profile shows, in DynamoDB."""

from personalization.agent.adapters.items import context_in
from personalization.agent.domain.context import SupporterContext
from shared.dynamodb.tables import Table, attribute


def latest_context(contexts: Table, user_id: str) -> SupporterContext:
    """One Query of one row."""
    newest = contexts.query(attribute("userId") == user_id, newest_first=True, limit=1)
    return context_in(newest[0]) if newest else SupporterContext()
