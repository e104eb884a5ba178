"""Ranks search hits: by how well the words match, then by what we may know about the supporter, and by date.

A score is 0…1: the quality of the match, raised by up to a quarter for the supporter and the date; past events keep
less than half of it. The weights are such that, for a query of one word, every exact match outranks every inexact one,
and among the exact matches everything current outranks every past event.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo

from personalization.content.domain.content import Content
from personalization.memory.domain.context import SupporterContext
from personalization.search.domain.search_index import Field, Index, Match, MatchKind, terms_of
from personalization.supporters.domain.consent import PERSONALISATION, consents
from personalization.supporters.domain.supporter import Supporter
from shared.text.words import STOP_WORDS, words
from shared.time.moments import after, day

POINTS = 10_000
"""Scores are whole numbers of points, so that scores which clients see as equal are equal."""

_MATCH_WEIGHT, _SUPPORTER_WEIGHT, _DATE_WEIGHT = 0.8, 0.15, 0.05
_PAST_FACTOR = 0.45
_INTEREST_WEIGHT, _INTENT_WEIGHT = 0.7, 0.3
_SOON = timedelta(days=90)
_MAX_INTERESTS_SHOWN = 2


@dataclass(frozen=True, slots=True)
class Preferences:
    """What may influence the ranking for a supporter."""

    interests: tuple[str, ...] = ()
    intents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A document with its score; `matches` by word of the query."""

    points: int
    content: Content
    matches: Mapping[str, Match]
    preferences: Preferences

    @property
    def order(self) -> tuple[int, str]:
        """Sorts the best first, equal scores by id."""
        return -self.points, self.content.content_id


def preferences_of(supporter: Supporter | None, context: SupporterContext) -> Preferences:
    """Nothing without consent to personalisation."""
    if supporter is None or not consents(supporter, PERSONALISATION):
        return Preferences()
    return Preferences(tuple(dict.fromkeys(supporter.interests + context.interests)), context.intents)


def words_of(query: str) -> list[str]:
    """The distinct words that count: stop words only if there are no others."""
    distinct = list(dict.fromkeys(words(query)))
    return [word for word in distinct if word not in STOP_WORDS] or distinct


def rank(
    query: str, index: Index, preferences: Preferences, at: datetime, rarities: Sequence[int] = ()
) -> tuple[list[Ranked], tuple[int, ...]]:
    """All documents that match, the best first, and the rarity of each word.

    Scores that were computed with the `rarities` of an earlier ranking are comparable with that one's.
    """
    terms, last = words_of(query), words(query)[-1:]
    found = {word: index.find(word, is_prefix=[word] == last) for word in terms}
    if len(rarities) != len(terms):
        rarities = [index.rarity(len(matches)) for matches in found.values()]
    matches: dict[int, dict[str, Match]] = {}
    for word, by_document in found.items():
        for number, match in by_document.items():
            matches.setdefault(number, {})[word] = match
    shares = {word: rarity / sum(rarities) for word, rarity in zip(terms, rarities, strict=True)}
    interests = [(interest, terms_of(interest)) for interest in preferences.interests]
    intents = [(intent, terms_of(intent)) for intent in preferences.intents]
    ranked = []
    for number, by_word in matches.items():
        content, topics = index.contents[number], index.topics[number]
        shared_preferences = Preferences(
            tuple(interest for interest, about in interests if about and about <= topics),
            tuple(intent for intent, about in intents if about and about <= topics),
        )
        quality = sum(shares[word] * match.quality for word, match in by_word.items())
        points = max(1, round(POINTS * quality * _factor(content, shared_preferences, at)))
        ranked.append(Ranked(points, content, by_word, shared_preferences))
    ranked.sort(key=lambda each: each.order)
    return ranked, tuple(rarities)


def why(ranked: Ranked, at: datetime, zone: tzinfo) -> tuple[str, ...]:
    """Why a document was found, for people to read; at least one reason. `zone` is where the charity is."""
    by_field: dict[Field, list[str]] = {}
    inexact = []
    for word, match in ranked.matches.items():
        if match.kind is MatchKind.EXACT:
            by_field.setdefault(match.field, []).append(f"“{word}”")
        else:
            verb = "begins" if match.kind is MatchKind.PREFIX else "read as"
            inexact.append(f"“{word}” {verb} “{match.read_as}”")
    exact = [f"{field} {_verb(field)} {', '.join(by_field[field])}" for field in Field if field in by_field]
    interests = [
        f"you are interested in {interest}" for interest in ranked.preferences.interests[:_MAX_INTERESTS_SHOWN]
    ]
    intents = [f"fits your plan: {intent}" for intent in ranked.preferences.intents[:1]]
    return (*exact, *inexact, *interests, *intents, *_date(ranked.content, at, zone))


def _verb(field: Field) -> str:
    return "match" if field is Field.TAGS else "matches"


def _factor(content: Content, shared_preferences: Preferences, at: datetime) -> float:
    affinity = min(
        1.0, _INTEREST_WEIGHT * len(shared_preferences.interests) + _INTENT_WEIGHT * len(shared_preferences.intents)
    )
    factor = _MATCH_WEIGHT + _SUPPORTER_WEIGHT * affinity + _DATE_WEIGHT * _nearness(content, at)
    return factor * _PAST_FACTOR if _is_over(content, at) else factor


def _nearness(content: Content, at: datetime) -> float:
    """1 for an event that is on, falling by the day to 0 for one that is _SOON away; 0 for everything else."""
    if content.starts_at is None or _is_over(content, at):
        return 0.0
    days_away = max(content.starts_at - at, timedelta()).days
    return max(0.0, 1 - days_away / _SOON.days)


def _is_over(content: Content, at: datetime) -> bool:
    return content.starts_at is not None and _end(content, content.starts_at) < at


def _end(content: Content, starts_at: datetime) -> datetime:
    """An event without an end lasts a day."""
    return content.ends_at or after(starts_at, timedelta(days=1))


def _date(content: Content, at: datetime, zone: tzinfo) -> list[str]:
    if content.starts_at is None or content.starts_at - at >= _SOON:
        return []
    return [when(content, at, zone)]


def when(content: Content, at: datetime, zone: tzinfo) -> str:
    """`starts on 12 February 2026`; nothing for what is no event."""
    if content.starts_at is None:
        return ""
    end = _end(content, content.starts_at)
    if end < at:
        return f"ended on {day(end, zone)}" if content.ends_at else f"was on {day(content.starts_at, zone)}"
    return "is on now" if content.starts_at <= at else f"starts on {day(content.starts_at, zone)}"
