"""The only place of this context that reads the environment: the variables of each feature's functions."""

from shared.settings import Settings


class Charity(Settings):
    """`time_zone` is the IANA name of where the charity is."""

    time_zone: str


class Supporters(Settings):
    users_table: str


class Directory(Settings):
    directory_table: str


class Tombstones(Settings):
    """Of people who were erased."""

    tombstones_table: str


class ErasureEvents(Settings):
    event_bus_name: str


class Donations(Settings):
    users_table: str
    donations_table: str
    idempotency_table: str


class SupporterEvents(Settings):
    event_bus_name: str


class ChatEvents(Settings):
    event_bus_name: str


class DonationEvents(Settings):
    event_bus_name: str


class Profiles(Settings):
    users_table: str
    donations_table: str
    context_table: str


class Turns(Settings):
    """What is written of a conversation."""

    context_table: str
    sessions_table: str
    interactions_table: str
    conversations_table: str


class Agent(Settings):
    users_table: str
    donations_table: str
    context_table: str
    sessions_table: str
    interactions_table: str
    conversations_table: str
    idempotency_table: str


class Conversations(Settings):
    sessions_table: str
    interactions_table: str
    conversations_table: str


class Memory(Settings):
    users_table: str
    context_table: str


class AgentModel(Settings):
    model_id: str
    model_max_tokens: str
    model_temperature: str


class Content(Settings):
    content_table: str


class Search(Settings):
    users_table: str
    context_table: str
    content_table: str


class SocketSessions(Settings):
    sessions_table: str


class Prompts(Settings):
    projects_table: str
    project_members_table: str
    prompts_table: str
    prompt_history_table: str
    prompt_texts_bucket: str
    idempotency_table: str


class Articles(Settings):
    chat_history_table: str
    long_texts_bucket: str
    budgets_table: str
    idempotency_table: str


class ArticleTerms(Settings):
    """What holds where a project says nothing, in tokens."""

    article_max_tokens: str
    article_tokens_per_day: str
    article_tokens_per_user_per_day: str


class ArticleModel(Settings):
    model_id: str
    model_sampling: str
    article_max_tokens: str


class ModelPrices(Settings):
    """Of a million tokens."""

    model_input_price: str
    model_output_price: str
    model_currency: str


class Evaluations(Settings):
    evaluations_table: str
    budgets_table: str
    idempotency_table: str


class EvaluationMachine(Settings):
    evaluation_machine_arn: str


class Runs(Settings):
    idempotency_table: str


class Parts(Settings):
    parts_table: str


class CursorKey(Settings):
    cursor_key: str


class Figures(Settings):
    figures_table: str
