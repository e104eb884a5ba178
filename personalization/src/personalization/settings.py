"""The only place of this context that reads the environment: the variables of each feature's functions."""

from dataclasses import dataclass

from shared.settings import from_environment


@dataclass(frozen=True)
class Supporters:
    users_table: str


@dataclass(frozen=True)
class Donations:
    users_table: str
    donations_table: str
    idempotency_table: str
    cursor_key: str


@dataclass(frozen=True)
class DonationEvents:
    event_bus_name: str


@dataclass(frozen=True)
class Profiles:
    users_table: str
    donations_table: str
    context_table: str
    cursor_key: str


@dataclass(frozen=True)
class Agent:
    users_table: str
    donations_table: str
    context_table: str
    sessions_table: str
    interactions_table: str
    model_id: str
    model_max_tokens: str
    model_temperature: str


@dataclass(frozen=True)
class Content:
    content_table: str


@dataclass(frozen=True)
class Search:
    users_table: str
    context_table: str
    content_table: str
    cursor_key: str


@dataclass(frozen=True)
class Sockets:
    socket_endpoint: str
    connections_table: str
    tickets_table: str
    access_ends_table: str
    sessions_table: str


@dataclass(frozen=True)
class SocketUrl:
    """`socket_url` is what clients connect to."""

    socket_url: str


@dataclass(frozen=True)
class Prompts:
    projects_table: str
    project_members_table: str
    prompts_table: str
    prompt_history_table: str
    prompt_texts_bucket: str
    idempotency_table: str


@dataclass(frozen=True)
class Articles:
    chat_history_table: str
    long_texts_bucket: str
    budgets_table: str
    idempotency_table: str


@dataclass(frozen=True)
class ArticleTerms:
    """What holds where a project says nothing, in tokens; and the model, with its prices for a million tokens."""

    article_max_tokens: str
    article_tokens_per_day: str
    article_tokens_per_user_per_day: str
    model_id: str
    model_sampling: str
    model_input_price: str
    model_output_price: str
    model_currency: str


@dataclass(frozen=True)
class Evaluations:
    evaluations_table: str
    budgets_table: str
    idempotency_table: str


@dataclass(frozen=True)
class EvaluationMachine:
    evaluation_machine_arn: str


@dataclass(frozen=True)
class RunLog:
    runs_table: str
    frames_table: str


@dataclass(frozen=True)
class RunQueue:
    run_queue_url: str


@dataclass(frozen=True)
class Runs:
    parts_table: str
    idempotency_table: str


@dataclass(frozen=True)
class CursorKey:
    cursor_key: str


def read[T](settings: type[T]) -> T:
    """Raises MissingSettings, which names every variable that is absent or empty."""
    return from_environment(settings)
