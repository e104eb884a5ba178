"""Writing prompts: every save makes an immutable version, and a text is stored before anything points at it."""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from personalization.prompts.domain.inclusion import require_valid_inclusion
from personalization.prompts.domain.leftovers import leaving_leftovers_to_the_sweep
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.projects import Project
from personalization.prompts.domain.prompts import (
    LATEST,
    PRODUCTION,
    Deck,
    DeckChangedError,
    LabelMove,
    Prompt,
    Prompts,
    Texts,
    Version,
    version_of,
)
from personalization.prompts.domain.templates import parse, require_declared
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Invalid, NotFound, Unavailable, VersionConflict
from shared.idempotency.claims import Claim

_MAX_ATTEMPTS = 6


class ProjectAccess(Protocol):
    """Who may do what in a project."""

    def authorize(self, caller: Caller, project_id: str, required: Role) -> Project:
        """Raises NotFound; Forbidden."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptView:
    """A prompt as members see it. Title, content and variables are those of `version`, which need not be the latest."""

    project_id: str
    prompt_id: str
    title: str
    content: str
    variables: tuple[str, ...]
    tags: tuple[str, ...]
    is_active: bool
    step_order: int
    version: int
    latest_version: int
    labels: Mapping[str, int]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptSummary:
    """A prompt in a list; `version` is the latest."""

    prompt_id: str
    title: str
    variables: tuple[str, ...]
    tags: tuple[str, ...]
    is_active: bool
    step_order: int
    version: int
    labels: Mapping[str, int]
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True)
class PromptPage:
    """In the order of steps; `next_position` is that of the last prompt if others follow."""

    items: tuple[PromptSummary, ...]
    next_position: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PromptChange:
    """New values; None leaves a value as it is."""

    title: str | None = None
    content: str | None = None
    tags: tuple[str, ...] | None = None
    is_active: bool | None = None
    step_order: int | None = None
    variables: tuple[str, ...] | None = None


def authorized_read[T](
    read: Callable[[], T],
    *,
    project_access: ProjectAccess,
    readers: Callable[[], Executor],
    caller: Caller,
    project_id: str,
    required: Role,
) -> T:
    """What `read` returns; it runs while the caller is authorized. Raises NotFound, Forbidden, and what `read` does."""
    reading = readers().submit(read)
    project_access.authorize(caller, project_id, required)
    return reading.result()


class PromptService:
    """What people do with the prompts of a project."""

    def __init__(
        self,
        *,
        project_access: ProjectAccess,
        prompts: Prompts,
        texts: Texts,
        new_id: Callable[[datetime], str],
        readers: Callable[[], Executor],
    ) -> None:
        self._project_access, self._prompts, self._texts, self._new_id = project_access, prompts, texts, new_id
        self._readers = readers

    def page(self, caller: Caller, project_id: str, tag: str | None, after: str | None, limit: int) -> PromptPage:
        deck = self._deck(caller, project_id, Role.VIEWER)
        tagged = [prompt for prompt in deck.prompts if tag is None or tag in prompt.tags]
        following = [prompt for prompt in tagged if after is None or _position(prompt) > after]
        page = following[:limit]
        return PromptPage(tuple(map(_summary, page)), _position(page[-1]) if page and len(following) > limit else None)

    def read(self, caller: Caller, project_id: str, prompt_id: str, wanted: int | str = PRODUCTION) -> PromptView:
        """Two rounds of reads. Raises NotFound, also for a version or label that is not there."""
        prompt = authorized_read(
            lambda: self._prompts.find(project_id, prompt_id),
            project_access=self._project_access,
            readers=self._readers,
            caller=caller,
            project_id=project_id,
            required=Role.VIEWER,
        )
        if prompt is None:
            raise NotFound("There is no such prompt.")
        version = version_of(prompt, wanted, self._prompts)
        return _view(prompt, version, self._texts.read(project_id, prompt_id, version.text_id))

    def create(
        self, caller: Caller, project_id: str, wanted: PromptChange, now: datetime, claim: Claim | None
    ) -> PromptView:
        """A prompt at version 1, which `production` points at. Raises NotFound, Forbidden, Invalid; KeyInUse."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        prompt_id, content = self._new_id(now), wanted.content or ""
        version = _version(
            1, wanted.title or "", content, wanted.variables or (), saved_by=caller.user_id, saved_at=now
        )
        for _ in range(_MAX_ATTEMPTS):
            deck = self._prompts.deck(project_id)
            deck.require_room()
            _require_valid(deck, prompt_id, version)
            if not version.text_id:
                version = replace(version, text_id=self._texts.keep(project_id, prompt_id, content))
            prompt = Prompt(
                project_id=project_id,
                prompt_id=prompt_id,
                tags=wanted.tags or (),
                is_active=wanted.is_active is not False,
                step_order=deck.next_step if wanted.step_order is None else wanted.step_order,
                latest=version,
                production=version,
                labels={PRODUCTION: 1},
                created_at=now,
                updated_at=now,
            )
            move = LabelMove(
                move_id=self._new_id(now),
                label=PRODUCTION,
                from_version=None,
                to_version=1,
                reason="the first save",
                forced=False,
                moved_by=caller.user_id,
                moved_at=now,
            )
            view = _view(prompt, version, content)
            try:
                self._prompts.add(prompt, move, deck, claim.answered(view, now) if claim else None)
            except DeckChangedError:
                continue
            return view
        raise _busy()

    def save(
        self, caller: Caller, project_id: str, prompt_id: str, *, seen_version: int, change: PromptChange, now: datetime
    ) -> PromptView:
        """The next version, which no label points at yet; tags and `is_active` take effect at once.

        Raises NotFound, Forbidden, Invalid; VersionConflict if `seen_version` is not the latest.
        """
        deck = self._deck(caller, project_id, Role.EDITOR)
        prompt = deck.find(prompt_id)
        if prompt.version != seen_version:
            raise _changed(seen_version)
        before = prompt.latest
        content = change.content
        if content is None:
            content = self._texts.read(project_id, prompt_id, before.text_id)
        variables = before.variables if change.variables is None else change.variables
        title = before.title if change.title is None else change.title
        version = _version(seen_version + 1, title, content, variables, saved_by=caller.user_id, saved_at=now)
        _require_valid(deck, prompt_id, version)
        is_same = version.digest == before.digest
        text_id = before.text_id if is_same else self._texts.keep(project_id, prompt_id, content)
        saved = replace(
            prompt,
            latest=replace(version, text_id=text_id),
            tags=prompt.tags if change.tags is None else change.tags,
            is_active=prompt.is_active if change.is_active is None else change.is_active,
            step_order=prompt.step_order if change.step_order is None else change.step_order,
            updated_at=now,
        )
        try:
            self._prompts.save(
                saved,
                is_moved=saved.step_order != prompt.step_order,
                is_switched=saved.is_active != prompt.is_active,
            )
        except VersionConflict as error:
            raise _changed(seen_version) from error
        return _view(saved, saved.latest, content)

    def order(self, caller: Caller, project_id: str, prompt_ids: Sequence[str]) -> tuple[PromptSummary, ...]:
        """Number the steps of all prompts from 1. Raises Invalid unless every prompt is named once."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)

        def steps(deck: Deck) -> dict[str, int]:
            existing = {prompt.prompt_id for prompt in deck.prompts}
            errors = [
                FieldError(f"promptIds[{index}]", "must be a prompt of this project")
                for index, each in enumerate(prompt_ids)
                if each not in existing
            ]
            errors += [FieldError("promptIds", f"must include {each}") for each in sorted(existing - set(prompt_ids))]
            if errors:
                raise Invalid("Name every prompt of the project once: see errors.", errors)
            return {each: step for step, each in enumerate(prompt_ids, start=1)}

        deck = self._with_deck(project_id, steps)
        by_id = {prompt.prompt_id: prompt for prompt in deck.prompts}
        return tuple(_summary(replace(by_id[each], step_order=n)) for n, each in enumerate(prompt_ids, start=1))

    def remove(self, caller: Caller, project_id: str, prompt_id: str) -> None:
        """The prompt is removed at once, then its texts. Raises NotFound, Forbidden; Conflict if others include it."""
        self._project_access.authorize(caller, project_id, Role.EDITOR)
        for _ in range(_MAX_ATTEMPTS):
            deck = self._prompts.deck(project_id)
            prompt = deck.find(prompt_id)
            _require_unused(prompt_id, deck)
            try:
                self._prompts.remove(prompt, deck)
            except DeckChangedError:
                continue
            with leaving_leftovers_to_the_sweep(project_id):
                self._prompts.clear(prompt_id)
                self._texts.clear(project_id, prompt_id)  # last: the sweeper finds leftovers by them
            return
        raise _busy()

    def _deck(self, caller: Caller, project_id: str, required: Role) -> Deck:
        return authorized_read(
            lambda: self._prompts.deck(project_id),
            project_access=self._project_access,
            readers=self._readers,
            caller=caller,
            project_id=project_id,
            required=required,
        )

    def _with_deck(self, project_id: str, steps: Callable[[Deck], dict[str, int]]) -> Deck:
        """Order the deck, again if it has changed in between."""
        for _ in range(_MAX_ATTEMPTS):
            deck = self._prompts.deck(project_id)
            wanted = steps(deck)
            if wanted == {prompt.prompt_id: prompt.step_order for prompt in deck.prompts}:
                return deck
            try:
                self._prompts.order(deck, wanted)
            except DeckChangedError:
                continue
            return deck
        raise _busy()


def _version(
    number: int, title: str, content: str, variables: Sequence[str], *, saved_by: str, saved_at: datetime
) -> Version:
    """A version whose text is not stored yet. Raises Invalid if it is no template, or uses undeclared variables."""
    template = parse(content)
    require_declared(template, variables)
    return Version(
        version=number,
        title=title,
        variables=tuple(variables),
        includes=template.includes,
        characters=len(content),
        digest=hashlib.sha256(content.encode()).hexdigest(),
        text_id="",
        saved_by=saved_by,
        saved_at=saved_at,
    )


def _require_valid(deck: Deck, prompt_id: str, version: Version) -> None:
    """Raises Invalid if the version does not fit the latest versions of the others, or those in production."""
    for chosen in (
        {prompt.prompt_id: prompt.production for prompt in deck.prompts},
        {prompt.prompt_id: prompt.latest for prompt in deck.prompts},
    ):
        require_valid_set(prompt_id, chosen | {prompt_id: version})


def require_valid_set(prompt_id: str, versions: Mapping[str, Version]) -> None:
    """Raises Invalid if a prompt's version does not fit those of the others: see `inclusion`."""
    require_valid_inclusion(
        prompt_id,
        {each: version.includes for each, version in versions.items()},
        {each: version.characters for each, version in versions.items()},
        lambda each: versions[each].title if each in versions else each,
    )


def _require_unused(prompt_id: str, deck: Deck) -> None:
    including = sorted(
        prompt.latest.title
        for prompt in deck.prompts
        if prompt_id in {*prompt.latest.includes, *prompt.production.includes} and prompt.prompt_id != prompt_id
    )
    if including:
        raise Conflict(f"Other prompts include this one: {', '.join(including)}. Change or remove them first.")


def _position(prompt: Prompt) -> str:
    """Sorts prompts as the deck does."""
    return f"{prompt.step_order:07}#{prompt.prompt_id}"


def _view(prompt: Prompt, version: Version, content: str) -> PromptView:
    return PromptView(
        project_id=prompt.project_id,
        prompt_id=prompt.prompt_id,
        title=version.title,
        content=content,
        variables=version.variables,
        tags=prompt.tags,
        is_active=prompt.is_active,
        step_order=prompt.step_order,
        version=version.version,
        latest_version=prompt.version,
        labels=dict(prompt.labels),
        created_at=prompt.created_at,
        updated_at=prompt.updated_at,
    )


def _summary(prompt: Prompt) -> PromptSummary:
    return PromptSummary(
        prompt_id=prompt.prompt_id,
        title=prompt.latest.title,
        variables=prompt.latest.variables,
        tags=prompt.tags,
        is_active=prompt.is_active,
        step_order=prompt.step_order,
        version=prompt.version,
        labels=dict(prompt.labels),
        created_at=prompt.created_at,
        updated_at=prompt.updated_at,
    )


def _changed(seen_version: int) -> VersionConflict:
    return VersionConflict("prompt", seen_version, f"read it again with ?label={LATEST}")


def _busy() -> Unavailable:
    return Unavailable("Others are changing this project's prompts right now; try again.")
