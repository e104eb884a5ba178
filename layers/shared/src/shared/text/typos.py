"""Which known words somebody may have meant by a word that they mistyped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping


def typos_allowed(word: str) -> int:
    """None in short words, where a typo makes another word; two in long ones."""
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


class Vocabulary:
    """Known words, sorted out by length and letters: most are ruled out without being compared."""

    def __init__(self, known: Iterable[str]) -> None:
        self._by_length: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for word in sorted(set(known)):
            self._by_length[len(word)].append((_letters(word), word))

    def near(self, word: str) -> Mapping[str, int]:
        """Other known words within the typos allowed, with the number of typos: 1 or 2."""
        most, letters = typos_allowed(word), _letters(word)
        found = {}
        for length in range(len(word) - most, len(word) + most + 1) if most else ():
            for known_letters, known in self._by_length.get(length, ()):
                # A typo takes at most one letter away and brings at most one in.
                if (letters ^ known_letters).bit_count() <= 2 * most and known != word:
                    distance = typos_between(word, known, most)
                    if distance <= most:
                        found[known] = distance
        return found


def typos_between(one: str, other: str, most: int) -> int:
    """How many letters were left out, put in, changed or swapped with their neighbour; at most `most` + 1."""
    if abs(len(one) - len(other)) > most:
        return most + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, target in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != target))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == target:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > most and min(last) > most:
            return most + 1
        before_last, last = last, row
    return min(last[-1], most + 1)


def _letters(word: str) -> int:
    """The set of a word's letters as bits; different letters may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits
