"""Examples of what articles are about."""

from datetime import UTC, datetime
from decimal import Decimal

from personalization.articles.domain.history import Exchange, Reply, Session
from personalization.articles.domain.pricing import Cost, Prices
from personalization.articles.domain.texts import KeptText
from personalization.prompts.domain.cards import CardUsed
from shared.models.model import Usage

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
PRICES = Prices(Decimal("3.00"), Decimal("15.00"), "USD")


def a_session(session_id: str = "s1", user_id: str = "ada", project_id: str = "p1", at: datetime = NOW) -> Session:
    return Session(session_id, project_id, user_id, started_at=at, last_message_at=at, title="Screening saves lives.")


def an_exchange(
    run_id: str = "run-1",
    session: Session | None = None,
    *,
    at: datetime = NOW,
    article: str = "An article.",
    answer: str = "A summary.",
) -> Exchange:
    session = session or a_session()
    return Exchange(
        session_id=session.session_id,
        run_id=run_id,
        project_id=session.project_id,
        user_id=session.user_id,
        sent_at=at,
        input=KeptText(article),
        cards_used=(CardUsed("card-1", 3), CardUsed("card-2", 1)),
        reply=a_reply(answer),
    )


def a_reply(answer: str = "A summary.") -> Reply:
    return Reply(KeptText(answer), 1234, Usage(100, 20), Cost(600, "USD"), "done")
