"""Which words of a vocabulary somebody may have meant by a word that they mistyped."""

from collections import defaultdict
from collections.abc import Iterable, Mapping


def typos_allowed(word: str) -> int:
    """None in numbers and short words, where a typo makes another one; up to two in long words."""
    if any(map(str.isnumeric, word)):
        return 0
    return 0 if len(word) < 4 else 1 if len(word) < 8 else 2


class Vocabulary:
    """Indexes words by length and letters, so that most of them are ruled out without being compared."""

    def __init__(self, vocabulary: Iterable[str]) -> None:
        self._by_length: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for word in sorted(set(vocabulary)):
            self._by_length[len(word)].append((_letters(word), word))

    def near(self, word: str) -> Mapping[str, int]:
        """Other words of the vocabulary within the typos allowed, with the number of typos: 1 or 2."""
        max_typos, letters = typos_allowed(word), _letters(word)
        found = {}
        for length in range(len(word) - max_typos, len(word) + max_typos + 1) if max_typos else ():
            for other_letters, other in self._by_length.get(length, ()):
                # A typo removes at most one letter and adds at most one.
                if (letters ^ other_letters).bit_count() <= 2 * max_typos and other != word:
                    distance = typos_between(word, other, max_typos)
                    if distance <= max_typos:
                        found[other] = distance
        return found


def typos_between(one: str, other: str, max_typos: int) -> int:
    """How many letters were left out, added, changed or swapped with their neighbour; `max_typos` + 1 for any more."""
    if abs(len(one) - len(other)) > max_typos:
        return max_typos + 1
    before_last: list[int] = []
    last = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, target in enumerate(other, 1):
            cost = min(last[j] + 1, row[j - 1] + 1, last[j - 1] + (letter != target))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == target:
                cost = min(cost, before_last[j - 2] + 1)
            row.append(cost)
        if min(row) > max_typos and min(last) > max_typos:
            return max_typos + 1
        before_last, last = last, row
    return min(last[-1], max_typos + 1)


def _letters(word: str) -> int:
    """The set of a word's letters as bits; different letters may share one."""
    bits = 0
    for letter in word:
        bits |= 1 << ord(letter) % 64
    return bits
