"""Cards, the steps of a run: a project's active prompts in their order, each at one version."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, field
from html import escape
from typing import Protocol, Self

from personalization.prompts.domain.editing import require_valid_set
from personalization.prompts.domain.projects import Project
from personalization.prompts.domain.prompts import (
    LATEST,
    PRODUCTION,
    Deck,
    Prompt,
    Prompts,
    Texts,
    Version,
    version_of,
)
from personalization.prompts.domain.templates import Template, parse
from shared.errors import FieldError, Invalid, NotFound

MAX_RENDERED_CHARACTERS = 1_000_000
_MAX_PROJECTS, _MAX_TEXTS = 50, 1000  # kept of those used last; a text has at most 80 KB


@dataclass(frozen=True, slots=True)
class CardUsed:
    """One version of a prompt. As text: `promptId@version`, preceded by `>` if it is only included by other cards."""

    prompt_id: str
    version: int
    is_included: bool = False

    def __str__(self) -> str:
        return f"{'>' if self.is_included else ''}{self.prompt_id}@{self.version}"

    @classmethod
    def parse(cls, text: str) -> Self:
        prompt_id, _, version = text.removeprefix(">").rpartition("@")
        return cls(prompt_id, int(version), text.startswith(">"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """One step. `template` contains the texts of included prompts."""

    project_id: str
    prompt_id: str
    title: str
    step_order: int
    version: int
    template: Template
    variables: frozenset[str]  # declared by the prompt and by those that it includes


@dataclass(frozen=True, slots=True)
class CardSet:
    """A project's cards in the order of their steps, and all versions that they are made of."""

    cards: tuple[Card, ...]
    used: tuple[CardUsed, ...]

    @property
    def variables(self) -> frozenset[str]:
        """The variables that the cards need values for."""
        return frozenset().union(*(card.variables for card in self.cards))

    def texts(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """The cards with the values filled in, each in an element that it cannot leave: see `assembly` for the rules.

        Raises Invalid if together they would be longer than any model reads.
        """
        marked = {name: _marked(name, value) for name, value in values.items()}
        characters = sum(card.template.rendered_length(marked) for card in self.cards)
        if characters > MAX_RENDERED_CHARACTERS:
            message = (
                f"must make the prompts at most {MAX_RENDERED_CHARACTERS:,} characters long: they are {characters:,}"
            )
            raise Invalid(f"The values {message}.", [FieldError("variables", message)])
        return tuple(card.template.rendered(marked) for card in self.cards)


@dataclass(frozen=True, slots=True)
class Selection:
    """Which version of each prompt is wanted.

    That of `label`, or of `production` for a prompt without this label. For the prompts that `versions` names, also
    those that are switched off, it is the version there, given by number or by label.
    """

    label: str = PRODUCTION
    versions: Mapping[str, int | str] = field(default_factory=dict)

    @property
    def is_production(self) -> bool:
        """Whether it is what everybody gets who chooses nothing."""
        return self.label == PRODUCTION and not self.versions


class Cards(Protocol):
    def production(self, project: Project) -> CardSet:
        """The active prompts, at production, as they were when the project was read, or later."""
        ...

    def at(self, project_id: str, used: Sequence[CardUsed]) -> CardSet:
        """Exactly these versions. Raises NotFound if one of them is not there, or not the project's."""
        ...

    def selected(self, project_id: str, selection: Selection) -> CardSet:
        """The active prompts, and those that the selection names, each at the selected version.

        Raises Invalid for a label, prompt or version that is not there, and for versions that do not fit together.
        """
        ...


class ProjectCards:
    """Assembles cards from prompts and texts; keeps those in production until `cards_version` has changed."""

    def __init__(self, prompts: Prompts, texts: Texts, readers: Callable[[], Executor]) -> None:
        self._prompts, self._texts, self._readers = prompts, texts, readers
        self._production: dict[str, tuple[int, CardSet]] = {}
        self._templates: dict[str, Template] = {}

    def production(self, project: Project) -> CardSet:
        """No read if the cards are still the same; otherwise a query and one round of reads."""
        seen = self._production.get(project.project_id)
        if seen and seen[0] == project.cards_version:
            return seen[1]
        deck = self._prompts.deck(project.project_id)
        cards = self._assembled(deck, [prompt for prompt in deck.prompts if prompt.is_active], {})
        _cache(self._production, project.project_id, (project.cards_version, cards), _MAX_PROJECTS)
        return cards

    def at(self, project_id: str, used: Sequence[CardUsed]) -> CardSet:
        deck = self._prompts.deck(project_id)
        pinned = {card.prompt_id: version_of(deck.find(card.prompt_id), card.version, self._prompts) for card in used}
        return self._assembled(deck, [deck.find(card.prompt_id) for card in used if not card.is_included], pinned)

    def selected(self, project_id: str, selection: Selection) -> CardSet:
        """A query, a round of reads of versions that are neither the latest nor in production, and one of texts."""
        deck = self._prompts.deck(project_id)
        wanted = _wanted(deck, selection)
        read = self._readers().map(lambda each: version_of(deck.find(each), wanted[each], self._prompts), wanted)
        chosen = dict(zip(wanted, read, strict=True))
        together = {each.prompt_id: chosen.get(each.prompt_id, each.production) for each in deck.prompts}
        for prompt_id in chosen:  # each was valid only with the versions of its own time
            require_valid_set(prompt_id, together)
        cards = [prompt for prompt in deck.prompts if prompt.is_active or prompt.prompt_id in selection.versions]
        return self._assembled(deck, cards, chosen)

    def _assembled(self, deck: Deck, steps: Sequence[Prompt], chosen: Mapping[str, Version]) -> CardSet:
        """One round of reads, of the texts that are not cached."""
        versions: dict[str, Version] = {}
        level = [prompt.prompt_id for prompt in steps]
        while level:
            versions |= {each: chosen.get(each) or deck.find(each).production for each in level}
            level = sorted({included for each in level for included in versions[each].includes} - versions.keys())
        templates = self._read(deck.project_id, versions)
        cards = tuple(
            Card(
                project_id=deck.project_id,
                prompt_id=prompt.prompt_id,
                title=versions[prompt.prompt_id].title,
                step_order=prompt.step_order,
                version=versions[prompt.prompt_id].version,
                template=templates[prompt.prompt_id].including(templates),
                variables=_declared(prompt.prompt_id, versions),
            )
            for prompt in steps
        )
        used = [CardUsed(card.prompt_id, card.version) for card in cards]
        included = versions.keys() - {card.prompt_id for card in cards}
        used += [CardUsed(each, versions[each].version, is_included=True) for each in sorted(included)]
        return CardSet(cards, tuple(used))

    def _read(self, project_id: str, versions: Mapping[str, Version]) -> dict[str, Template]:
        """The template of each prompt, after one round of concurrent reads of the texts that are not cached."""
        cached = {each: self._templates.get(version.text_id) for each, version in versions.items()}
        reads = {
            each: self._readers().submit(self._texts.read, project_id, each, versions[each].text_id)
            for each, template in cached.items()
            if template is None
        }
        read = {each: parse(future.result()) for each, future in reads.items()}
        for each, template in read.items():
            _cache(self._templates, versions[each].text_id, template, _MAX_TEXTS)
        return {each: template or read[each] for each, template in cached.items()}


def _wanted(deck: Deck, selection: Selection) -> dict[str, int]:
    """The selected version of each prompt that is not to be taken from production. Raises Invalid."""
    if errors := list(_selection_errors(deck, selection)):
        raise Invalid("There is no such version: see errors.", errors)
    by_label = {
        prompt.prompt_id: prompt.version_number(selection.label)
        for prompt in deck.prompts
        if selection.label in {*prompt.labels, LATEST}
    }
    named = {each: deck.find(each).version_number(version) for each, version in selection.versions.items()}
    return by_label | named


def _selection_errors(deck: Deck, selection: Selection) -> Iterator[FieldError]:
    labels = {PRODUCTION, LATEST}.union(*(prompt.labels for prompt in deck.prompts))
    if selection.label not in labels:
        yield FieldError("label", f"must be a label of one of the project's prompts: {_listed(labels)}")
    for prompt_id, version in selection.versions.items():
        try:
            prompt = deck.find(prompt_id)
        except NotFound:
            yield FieldError(f"versions.{prompt_id}", "must be named by the id of a prompt of this project")
            continue
        try:
            prompt.version_number(version)
        except NotFound:
            allowed = f"{prompt.version}, the latest, or one of its labels: {_listed({*prompt.labels, LATEST})}"
            yield FieldError(f"versions.{prompt_id}", f"must be a version from 1 to {allowed}")


def _listed(labels: Iterable[str]) -> str:
    return ", ".join(sorted(labels))


def _marked(name: str, value: str) -> str:
    """Whoever may run a prompt chooses its values, so they are data among the instructions of its editors."""
    return f'<value name="{name}">{escape(value, quote=False)}</value>'


def _declared(prompt_id: str, versions: Mapping[str, Version]) -> frozenset[str]:
    """The variables declared by a prompt, and by all that it includes."""
    own = versions[prompt_id]
    return frozenset(own.variables).union(*(_declared(each, versions) for each in set(own.includes)))


def _cache[V](cache: dict[str, V], key: str, value: V, max_size: int) -> None:
    """Evict the oldest entries of a full cache."""
    cache.pop(key, None)
    while len(cache) >= max_size:
        del cache[next(iter(cache))]
    cache[key] = value
