"""The order of what was found: by how well the words match, then by what we may know of the supporter, and by date.

A score is 0…1: the words' match, raised by up to a quarter for the supporter and the date; events that are over keep
less than half. The bounds are such that, for a query of one word, every exact match outranks every guess, and among the
exact ones everything current every event that is over.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from personalization.agent.domain.context import SupporterContext
from personalization.agent.domain.facts import PERSONALISATION, consents
from personalization.content.domain.content import Content
from personalization.search.domain.search_index import Field, Index, Match, Way, terms_of
from personalization.supporters.domain.supporter import Supporter
from shared.text.words import STOP_WORDS, words

POINTS = 10_000
"""Scores are counted in these: what clients see as equal is equal."""

_OF_THE_WORDS, _OF_THE_SUPPORTER, _OF_THE_DATE = 0.8, 0.15, 0.05
_WHEN_OVER = 0.45
_AN_INTEREST, _AN_INTENT = 0.7, 0.3
_SOON = timedelta(days=90)
_INTERESTS_NAMED = 2


@dataclass(frozen=True, slots=True)
class Leanings:
    """What of a supporter may move a ranking."""

    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document in its place; `matches` by the query's word."""

    points: int
    content: Content
    matches: Mapping[str, Match]
    leanings: Leanings

    @property
    def order(self) -> tuple[int, str]:
        """Sorts the best first; equals by their ids."""
        return -self.points, self.content.content_id


def leanings_of(supporter: Supporter | None, context: SupporterContext) -> Leanings:
    """Nothing without consent to personalisation."""
    if supporter is None or not consents(supporter, PERSONALISATION):
        return Leanings()
    return Leanings(tuple(dict.fromkeys(supporter.interests + context.interests)), context.intents)


def words_of(query: str) -> list[str]:
    """The distinct words that count: those said in passing only where there are no others."""
    distinct = list(dict.fromkeys(words(query)))
    return [word for word in distinct if word not in STOP_WORDS] or distinct


def rank(
    query: str, index: Index, leanings: Leanings, at: datetime, rarities: Sequence[int] = ()
) -> tuple[list[Ranked], tuple[int, ...]]:
    """All that matches, the best first, and how rare each word is.

    Scores taken with the `rarities` of an earlier ranking can be compared with that one's.
    """
    asked, last = words_of(query), words(query)[-1:]
    found = {word: index.find(word, may_go_on=[word] == last) for word in asked}
    if len(rarities) != len(asked):
        rarities = [index.rarity(len(matches)) for matches in found.values()]
    matches: dict[int, dict[str, Match]] = {}
    for word, by_document in found.items():
        for number, match in by_document.items():
            matches.setdefault(number, {})[word] = match
    shares = {word: rarity / sum(rarities) for word, rarity in zip(asked, rarities, strict=True)}
    wishes = [(interest, terms_of(interest)) for interest in leanings.interests]
    plans = [(intent, terms_of(intent)) for intent in leanings.intents]
    ranked = []
    for number, by_word in matches.items():
        content, topics = index.contents[number], index.topics[number]
        fitting = Leanings(
            tuple(interest for interest, terms in wishes if terms and terms <= topics),
            tuple(intent for intent, terms in plans if terms and terms <= topics),
        )
        likeness = sum(shares[word] * match.quality for word, match in by_word.items())
        points = max(1, round(POINTS * likeness * _factor(content, fitting, at)))
        ranked.append(Ranked(points, content, by_word, fitting))
    ranked.sort(key=lambda each: each.order)
    return ranked, tuple(rarities)


def why(ranked: Ranked, at: datetime) -> tuple[str, ...]:
    """What put a document where it is, for people to read; at least one reason."""
    by_field: dict[Field, list[str]] = {}
    guesses = []
    for word, match in ranked.matches.items():
        if match.way is Way.EXACT:
            by_field.setdefault(match.field, []).append(f"“{word}”")
        else:
            verb = "begins" if match.way is Way.BEGINNING else "read as"
            guesses.append(f"“{word}” {verb} “{match.read_as}”")
    exact = [f"{field} {_verb(field)} {', '.join(by_field[field])}" for field in Field if field in by_field]
    interests = [f"you are interested in {interest}" for interest in ranked.leanings.interests[:_INTERESTS_NAMED]]
    intents = [f"fits your plan: {intent}" for intent in ranked.leanings.intents[:1]]
    return (*exact, *guesses, *interests, *intents, *_date(ranked.content, at))


def _verb(field: Field) -> str:
    return "match" if field is Field.TAGS else "matches"


def _factor(content: Content, fitting: Leanings, at: datetime) -> float:
    drawn = min(1.0, _AN_INTEREST * len(fitting.interests) + _AN_INTENT * len(fitting.intents))
    factor = _OF_THE_WORDS + _OF_THE_SUPPORTER * drawn + _OF_THE_DATE * _nearness(content, at)
    return factor * _WHEN_OVER if _is_over(content, at) else factor


def _nearness(content: Content, at: datetime) -> float:
    """1 for an event that is on, falling day by day to 0 for one that is _SOON away; 0 for all else."""
    if content.starts_at is None or _is_over(content, at):
        return 0.0
    days_away = max(content.starts_at - at, timedelta()).days
    return max(0.0, 1 - days_away / _SOON.days)


def _is_over(content: Content, at: datetime) -> bool:
    return content.starts_at is not None and _end(content, content.starts_at) < at


def _end(content: Content, starts_at: datetime) -> datetime:
    """An event without an end takes a day."""
    return content.ends_at or starts_at + timedelta(days=1)


def _date(content: Content, at: datetime) -> list[str]:
    if content.starts_at is None:
        return []
    end = _end(content, content.starts_at)
    if end < at:
        return [f"is over since {_day(end)}" if content.ends_at else f"was on {_day(content.starts_at)}"]
    if content.starts_at <= at:
        return ["is on now"]
    return [f"starts on {_day(content.starts_at)}"] if content.starts_at - at < _SOON else []


def _day(moment: datetime) -> str:
    return f"{moment:%-d %B %Y}"
