"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Documents(Settings):
    documents_table: str


class DocumentFiles(Settings):
    documents_bucket: str


class Syncs(Settings):
    syncs_table: str


class SyncQueue(Settings):
    sync_queue_url: str


class KnowledgeBase(Settings):
    """The ids of the knowledge base and of its one data source."""

    knowledge_base_id: str
    data_source_id: str


class SyncTerms(Settings):
    """`sync_stuck_minutes` is how long a job may take before it is stopped, and started again."""

    sync_stuck_minutes: str


class Tickets(Settings):
    tickets_table: str
    ticket_words_table: str
    ticket_entries_table: str


class TicketCounters(Settings):
    ticket_counters_table: str


class TicketViewers(Settings):
    ticket_viewers_table: str


class CannedReplies(Settings):
    canned_replies_table: str


class Attachments(Settings):
    attachments_table: str


class AttachmentFiles(Settings):
    attachments_bucket: str


class ServiceHours(Settings):
    """`business_hours` such as `mon-fri 09:00-17:00`, in `time_zone`, but for the holidays of `holiday_country`: `GB`,
    `GB-SCT`, or `none`.
    """

    business_hours: str
    holiday_country: str
    time_zone: str


class FirstAnswers(Settings):
    idempotency_table: str


class Tombstones(Settings):
    tombstones_table: str


class UserPool(Settings):
    user_pool_id: str


class CursorKey(Settings):
    cursor_key: str


class EventBus(Settings):
    event_bus_name: str


class CustomerDatabase(Settings):
    """`host:port/name`, a space, and the ARN of the secret of who reads and writes; or `none`."""

    customer_database: str


class DatabaseOwner(Settings):
    database_owner_secret: str


class Suggestions(Settings):
    suggestions_table: str


class Votes(Settings):
    votes_table: str


class Uses(Settings):
    uses_table: str


class DocumentNews(Settings):
    document_news_queue_url: str


class Retrieval(Settings):
    """`knowledge_base_store` is `managed` where Bedrock has chosen the store."""

    knowledge_base_id: str
    knowledge_base_store: str


class Gaps(Settings):
    gaps_table: str


class GapTerms(Settings):
    """`gap_similarity` is the cosine, 0 to 1, from which on two questions are taken for the same."""

    gap_similarity: str


class Interactions(Settings):
    """`interaction_days` is how many days an interaction is kept."""

    interactions_table: str
    interaction_days: str


class CustomerVersions(Settings):
    customer_versions_table: str


class ContextCache(Settings):
    """How long what was read of a customer is kept, and of how many customers."""

    context_cache_seconds: str
    context_cache_size: str


class HelpModel(Settings):
    help_model_id: str


class EmbeddingModel(Settings):
    embedding_model_id: str


class Letters(Settings):
    letters_table: str


class Strangers(Settings):
    """`reply_key` also hides the addresses of those who have no account."""

    strangers_table: str
    reply_key: str


class MailBucket(Settings):
    mail_bucket: str


class ReplyAddresses(Settings):
    """`help_address` is where people write to; `reply_key` signs the addresses that they answer to."""

    help_address: str
    reply_key: str


class MailSending(Settings):
    """`mail_sender` is an address with a name, such as Almoner <hello@example.org>; `none` where no mail is sent."""

    mail_sender: str


class Figures(Settings):
    figures_table: str
    time_zone: str
