"""The composition root of erasure."""

from functools import cache

from personalization import settings
from personalization.agent.adapters.erasing import AgentErasing
from personalization.articles import wiring as articles
from personalization.articles.adapters.erasing import ArticleErasing, SessionErasing
from personalization.donations.adapters.erasing import DonationErasing
from personalization.prompts.wiring import member_service, projects
from personalization.supporters.wiring import supporters, tombstones
from shared.erasure.consuming import Part
from shared.events.event_bridge import EventBus, bus_of_streams
from shared.runs.wiring import log


@cache
def parts() -> tuple[Part, ...]:
    """In this order: first, late events may write nothing anew."""
    agent = settings.Agent()
    sessions = SessionErasing(settings.Articles().chat_history_table, articles.texts(), log())
    return (
        tombstones(),
        supporters(),
        AgentErasing(agent.context_table, agent.sessions_table, agent.interactions_table, agent.conversations_table),
        ArticleErasing(sessions, projects(), member_service()),
        DonationErasing(agent.donations_table),
    )


@cache
def event_bus() -> EventBus:
    return bus_of_streams(settings.ErasureEvents().event_bus_name, "almoner.personalization")
