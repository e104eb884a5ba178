"""The agent's memory in DynamoDB."""

from datetime import datetime

from pynamodb.exceptions import TransactWriteError
from pynamodb.transactions import TransactWrite

from personalization.adapters.dynamodb import latest_context, newest_donations
from personalization.adapters.items import ContextItem, DonationItem, InteractionItem, SessionItem, SupporterItem
from personalization.domain.agent import ContextMovedError, Recollection
from personalization.domain.context import SupporterContext
from personalization.domain.conversation import Interaction, Session, Turn
from shared.errors import NotFound, Unavailable
from shared.tables import bind, connection, readers, translated_failures

TURNS_AT_MOST = 10
_BUSY = frozenset({"ProvisionedThroughputExceeded", "ThrottlingError"})


class DynamoMemory:
    """Reads Users, Donations, Context, Sessions and Interactions; writes the last three."""

    def __init__(
        self, users_table: str, donations_table: str, context_table: str, sessions_table: str, interactions_table: str
    ) -> None:
        bind(SupporterItem, users_table)
        bind(DonationItem, donations_table)
        bind(ContextItem, context_table)
        bind(SessionItem, sessions_table)
        bind(InteractionItem, interactions_table)

    def recall(self, user_id: str, session_id: str, now: datetime) -> Recollection | None:
        """Two GetItems and four Queries in one round. Of gifts, those that are not anonymous."""
        with translated_failures():
            donations = newest_donations(user_id, anonymous=False)
            context = readers().submit(latest_context, user_id)
            turns = readers().submit(_turns, user_id, session_id)
            session = readers().submit(_session, session_id, now)
            try:
                supporter = SupporterItem.get(user_id, consistent_read=True).to_domain()
            except SupporterItem.DoesNotExist:
                supporter = None
            giving, latest, live, said = donations(), context.result(), session.result(), turns.result()
            remembered = said if live and live.user_id == user_id else ()
            return Recollection(supporter, giving, latest, live, remembered) if supporter else None

    def record(self, interaction: Interaction, context: SupporterContext, session: Session, now: datetime) -> None:
        """One transaction of three conditional puts."""
        mine = (
            SessionItem.session_id.does_not_exist()
            | (SessionItem.user_id == session.user_id)
            | (SessionItem.expires_at <= int(now.timestamp()))
        )
        with translated_failures():
            try:
                with TransactWrite(connection=connection()) as transaction:
                    new_version = ContextItem.of(interaction.user_id, context)
                    transaction.save(new_version, condition=ContextItem.version.does_not_exist())
                    transaction.save(SessionItem.of(session), condition=mine)
                    transaction.save(InteractionItem.of(interaction), InteractionItem.timestamp.does_not_exist())
            except TransactWriteError as error:
                _raise_meaning(error)
                raise

    def latest_context(self, user_id: str) -> SupporterContext:
        with translated_failures():
            return latest_context(user_id)


def _raise_meaning(error: TransactWriteError) -> None:
    """What a cancelled transaction says of its puts, in their order: context, session, interaction."""
    codes = [reason.code if reason else None for reason in error.cancellation_reasons or ()]
    if codes[1:2] == ["ConditionalCheckFailed"]:
        raise NotFound("There is no such session.") from error
    if not _BUSY.isdisjoint(codes):
        raise Unavailable("The data store is busy; try again.", retry_after_seconds=2) from error
    if codes[:1] == ["ConditionalCheckFailed"] or "TransactionConflict" in codes:
        raise ContextMovedError from error


def _turns(user_id: str, session_id: str) -> tuple[Turn, ...]:
    """Those of this session among the user's newest TURNS_AT_MOST, oldest first."""
    newest = InteractionItem.query(user_id, scan_index_forward=False, limit=TURNS_AT_MOST, consistent_read=True)
    return tuple(item.to_turn() for item in reversed(list(newest)) if item.session_id == session_id)


def _session(session_id: str, now: datetime) -> Session | None:
    """An expired session is gone, whether or not DynamoDB has got round to deleting it."""
    try:
        session = SessionItem.get(session_id, consistent_read=True).to_domain()
    except SessionItem.DoesNotExist:
        return None
    return session if session.expires_at > now else None
