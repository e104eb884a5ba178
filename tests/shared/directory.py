"""People who are found in memory."""

from collections.abc import Iterable, Sequence

from shared.people.finding import PersonPage, is_found, terms_of
from shared.people.person import Person


def page_of(people: Iterable[Person], words: Sequence[str], after: str | None, limit: int) -> PersonPage:
    """As a Directory has it."""
    prefix = max(words, key=len, default="")
    by_position = {
        f"{min(term for term in terms_of(person) if term.startswith(prefix))}#{person.user_id}": person
        for person in people
        if is_found(person, words)
    }
    following = [position for position in sorted(by_position) if after is None or position > after]
    page = following[:limit]
    next_position = page[-1] if len(following) > limit else None
    return PersonPage(tuple(by_position[position] for position in page), next_position)
