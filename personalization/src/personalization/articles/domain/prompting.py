"""From cards, history and article to what the model is asked, within the tokens that were reserved."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Protocol, Self

from personalization.articles.domain.assembly import marked, system_text
from personalization.articles.domain.history import MESSAGES_REMEMBERED, Exchange
from shared.models.model import Usage
from shared.models.transcripts import estimated_tokens
from shared.resilience.deadline import Deadline

EXCHANGES_REMEMBERED = MESSAGES_REMEMBERED // 2
MOST_HISTORY_TOKENS = 50_000

type Role = Literal["user", "assistant"]


@dataclass(frozen=True, slots=True)
class Parameters:
    """How the model is asked; those that the model does not take are left out where it is called."""

    max_tokens: int = 4096
    temperature: float = 0.3
    top_p: float = 0.9

    def to_json(self) -> dict[str, Any]:
        """Numbers as text: a table keeps whole numbers alone exactly."""
        return {"maxTokens": self.max_tokens, "temperature": str(self.temperature), "topP": str(self.top_p)}

    @classmethod
    def of_json(cls, value: Mapping[str, Any]) -> Self:
        return cls(int(value["maxTokens"]), float(value["temperature"]), float(value["topP"]))


@dataclass(frozen=True, slots=True)
class ArticlePrompt:
    """`said` alternates, and begins and ends with the user's."""

    system: str
    said: tuple[tuple[Role, str], ...]
    parameters: Parameters


class ArticleModel(Protocol):
    def stream(self, prompt: ArticlePrompt) -> Iterator[str | Usage]:
        """The answer piece by piece, then its usage. Raises Unavailable; closing it ends the model's work."""
        ...

    def ask(self, prompt: ArticlePrompt, deadline: Deadline) -> tuple[str, Usage]:
        """The whole answer. Raises Unavailable."""
        ...


def input_tokens(cards: Sequence[str], article: str) -> int:
    """An estimate of what the model reads, without the history."""
    return estimated_tokens(system_text(cards)) + estimated_tokens(marked(article))


def exchange_tokens(exchange: Exchange) -> int | None:
    """An estimate of what remembering an exchange takes; None where it is too long to be remembered."""
    said = _said(exchange)
    return None if said is None else estimated_tokens(said[0]) + estimated_tokens(said[1])


def remembered(newest_first: Sequence[Exchange], most_tokens: int = MOST_HISTORY_TOKENS) -> tuple[Exchange, ...]:
    """The exchanges that fit, oldest first: whole ones, without a gap, at most 50 messages."""
    kept: list[Exchange] = []
    left = min(most_tokens, MOST_HISTORY_TOKENS)
    for exchange in newest_first[:EXCHANGES_REMEMBERED]:
        tokens = exchange_tokens(exchange)
        if tokens is None or tokens > left:
            break
        kept.append(exchange)
        left -= tokens
    return tuple(reversed(kept))


def prompt_of(
    cards: Sequence[str], newest_first: Sequence[Exchange], article: str, parameters: Parameters, most_tokens: int
) -> ArticlePrompt:
    """What to ask. `most_tokens` is what may be read: the history is cut to it."""
    said: list[tuple[Role, str]] = []
    for exchange in remembered(newest_first, most_tokens - input_tokens(cards, article)):
        if texts := _said(exchange):
            said += [("user", texts[0]), ("assistant", texts[1])]
    return ArticlePrompt(system_text(cards), (*said, ("user", marked(article))), parameters)


def _said(exchange: Exchange) -> tuple[str, str] | None:
    """Both sides of an exchange, where they stand in its row and something was said."""
    answer = exchange.reply.answer.inline if exchange.reply else None
    return (marked(exchange.input.inline), answer) if exchange.input.inline and answer else None
