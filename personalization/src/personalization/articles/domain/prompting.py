"""Makes the model's prompt of cards, history and article, within the tokens that were reserved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from personalization.articles.domain.assembly import marked, system_text
from personalization.articles.domain.history import MAX_MESSAGES_REMEMBERED, Exchange
from shared.models.model import Usage
from shared.models.transcripts import estimated_tokens
from shared.resilience.deadline import Deadline

MAX_EXCHANGES_REMEMBERED = MAX_MESSAGES_REMEMBERED // 2
MAX_HISTORY_TOKENS = 50_000

type Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """Sampling and length; what the model does not take is left out where it is called."""

    max_tokens: int = 4096
    temperature: float = 0.3
    top_p: float = 0.9

    def to_json(self) -> dict[str, Any]:
        """Fractions as text: a table keeps only whole numbers exactly."""
        return {"maxTokens": self.max_tokens, "temperature": str(self.temperature), "topP": str(self.top_p)}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(int(value["maxTokens"]), float(value["temperature"]), float(value["topP"]))


@dataclass(frozen=True, slots=True)
class ArticlePrompt:
    """`messages` alternate, and begin and end with the user's."""

    system: str
    messages: tuple[tuple[Role, str], ...]
    parameters: Parameters


class ArticleModel(Protocol):
    def stream(self, prompt: ArticlePrompt) -> Iterator[str | Usage]:
        """The answer piece by piece, then its usage; closing the iterator ends the model's work. Raises Unavailable."""
        ...

    def ask(self, prompt: ArticlePrompt, deadline: Deadline) -> tuple[str, Usage]:
        """The whole answer. Raises Unavailable."""
        ...


def input_tokens(cards: Sequence[str], article: str) -> int:
    """An estimate of the prompt's length without the history."""
    return estimated_tokens(system_text(cards)) + estimated_tokens(marked(article))


def exchange_tokens(exchange: Exchange) -> int | None:
    """An estimate of an exchange's length in a prompt; None if it is too long to be repeated in one."""
    texts = _texts(exchange)
    return None if texts is None else estimated_tokens(texts[0]) + estimated_tokens(texts[1])


def remembered(newest_first: Sequence[Exchange], max_tokens: int = MAX_HISTORY_TOKENS) -> tuple[Exchange, ...]:
    """The newest exchanges that fit, oldest first: whole ones, without a gap, at most 50 messages."""
    kept: list[Exchange] = []
    left = min(max_tokens, MAX_HISTORY_TOKENS)
    for exchange in newest_first[:MAX_EXCHANGES_REMEMBERED]:
        tokens = exchange_tokens(exchange)
        if tokens is None or tokens > left:
            break
        kept.append(exchange)
        left -= tokens
    return tuple(reversed(kept))


def prompt_of(
    cards: Sequence[str], newest_first: Sequence[Exchange], article: str, parameters: Parameters, max_tokens: int
) -> ArticlePrompt:
    """The prompt, with as much of the history as fits into `max_tokens`."""
    messages: list[tuple[Role, str]] = []
    for exchange in remembered(newest_first, max_tokens - input_tokens(cards, article)):
        if texts := _texts(exchange):
            messages += [("user", texts[0]), ("assistant", texts[1])]
    return ArticlePrompt(system_text(cards), (*messages, ("user", marked(article))), parameters)


def _texts(exchange: Exchange) -> tuple[str, str] | None:
    """Both sides of an exchange, if they are kept in its row and there is an answer."""
    answer = exchange.reply.answer.inline if exchange.reply else None
    return (marked(exchange.input.inline), answer) if exchange.input.inline and answer else None
