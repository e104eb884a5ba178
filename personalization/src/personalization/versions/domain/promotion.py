"""Versions of a prompt, the labels that point at them, and the difference between two versions."""

import difflib
from collections.abc import Callable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from personalization.prompts.domain.editing import ProjectAccess, authorized_read, require_valid_set
from personalization.prompts.domain.members import Role
from personalization.prompts.domain.prompts import (
    LATEST,
    PRODUCTION,
    DeckChangedError,
    LabelMove,
    LabelMovePage,
    Prompt,
    Prompts,
    Texts,
    VersionPage,
    version_of,
)
from shared.auth.callers import Caller
from shared.errors import Conflict, FieldError, Forbidden, Invalid, NotFound, Unavailable, VersionConflict

MAX_LABELS = 20

_MAX_ATTEMPTS = 5
_ADMINS = "admin"

_MAX_COMPARISONS = 4_000_000  # of lines: comparing two texts takes quadratic time


class FailingCase(Protocol):
    """A case that a version has not passed, with the reason."""

    @property
    def name(self) -> str: ...

    @property
    def why(self) -> str: ...


class Evaluations(Protocol):
    def failing_cases(self, project_id: str, prompt_id: str, version: int) -> Sequence[FailingCase]:
        """The project's cases that the version has not passed; empty for a project without cases."""
        ...


@dataclass(frozen=True, slots=True)
class Move:
    """A request to point a label at a version; `is_forced`, even if cases fail."""

    label: str
    version: int
    reason: str | None = None
    is_forced: bool = False


@dataclass(frozen=True, slots=True)
class LabelsView:
    labels: dict[str, int]
    moves: LabelMovePage


@dataclass(frozen=True, slots=True)
class Difference:
    """`diff` is a unified diff by line; empty if the texts are equal."""

    prompt_id: str
    from_version: int
    to_version: int
    diff: str


class VersionService:
    def __init__(
        self,
        *,
        project_access: ProjectAccess,
        prompts: Prompts,
        texts: Texts,
        evaluations: Evaluations,
        new_id: Callable[[datetime], str],
        readers: Callable[[], Executor],
    ) -> None:
        self._project_access, self._prompts, self._texts = project_access, prompts, texts
        self._evaluations, self._new_id, self._readers = evaluations, new_id, readers

    def versions(
        self, caller: Caller, project_id: str, prompt_id: str, after: str | None, limit: int
    ) -> tuple[Prompt, VersionPage]:
        """Raises NotFound."""
        prompt = self._found(caller, project_id, prompt_id, Role.VIEWER)
        return prompt, self._prompts.versions(prompt_id, after, limit)

    def labels(self, caller: Caller, project_id: str, prompt_id: str, after: str | None, limit: int) -> LabelsView:
        """Raises NotFound."""
        prompt = self._found(caller, project_id, prompt_id, Role.VIEWER)
        return LabelsView(dict(prompt.labels), self._prompts.label_moves(prompt_id, after, limit))

    def difference(
        self, caller: Caller, project_id: str, prompt_id: str, before: int | str, after: int | str
    ) -> Difference:
        """Raises NotFound, also for a version or label that is not there."""
        prompt = self._found(caller, project_id, prompt_id, Role.VIEWER)
        old, new = (version_of(prompt, wanted, self._prompts) for wanted in (before, after))
        old_text, new_text = (self._texts.read(project_id, prompt_id, version.text_id) for version in (old, new))
        diff = unified(old_text, new_text, f"version {old.version}", f"version {new.version}")
        return Difference(prompt_id, old.version, new.version, diff)

    def move(self, caller: Caller, project_id: str, prompt_id: str, move: Move, now: datetime) -> LabelMove:
        """Point a label at a version, be it newer or older. Does nothing if it points there already.

        Raises NotFound, Forbidden, Invalid; Conflict for production, naming the cases that fail.
        """

        def attempt() -> LabelMove:
            prompt = self._found(caller, project_id, prompt_id, Role.EDITOR)
            _require_allowed(caller, prompt, move)
            return self._moved(caller, prompt, move, now)

        return _repeated(attempt)

    def remove_label(self, caller: Caller, project_id: str, prompt_id: str, label: str, now: datetime) -> None:
        """The versions stay. Raises NotFound, Forbidden; Conflict for production."""

        def attempt() -> None:
            prompt = self._found(caller, project_id, prompt_id, Role.EDITOR)
            if label == PRODUCTION:
                raise Conflict("Runs use what “production” points at, so it stays: move it to another version instead.")
            if label not in prompt.labels:
                raise NotFound("The prompt has no such label.")
            left = {each: version for each, version in prompt.labels.items() if each != label}
            record = self._record(caller, prompt, label, None, now)
            self._prompts.move_label(replace(prompt, labels=left, label_moves=prompt.label_moves + 1), record, None)

        _repeated(attempt)

    def _record(self, caller: Caller, prompt: Prompt, label: str, to_version: int | None, now: datetime) -> LabelMove:
        return LabelMove(
            move_id=self._new_id(now),
            label=label,
            from_version=prompt.labels.get(label),
            to_version=to_version,
            reason=None,
            forced=False,
            moved_by=caller.user_id,
            moved_at=now,
        )

    def _moved(self, caller: Caller, prompt: Prompt, move: Move, now: datetime) -> LabelMove:
        record = self._record(caller, prompt, move.label, move.version, now)
        record = replace(record, reason=move.reason, forced=move.is_forced)
        if record.from_version == move.version:
            return record
        moved = replace(prompt, labels={**prompt.labels, move.label: move.version}, label_moves=prompt.label_moves + 1)
        if move.label != PRODUCTION:
            self._prompts.move_label(moved, record, None)
            return record
        if not move.is_forced and self._is_rollback(caller, prompt, move):
            record = replace(record, forced=True)
        deck = self._prompts.deck(prompt.project_id)
        version = version_of(prompt, move.version, self._prompts)
        versions = {each.prompt_id: each.production for each in deck.prompts}
        require_valid_set(prompt.prompt_id, versions | {prompt.prompt_id: version})
        self._prompts.move_label(replace(moved, production=version), record, deck)
        return record

    def _is_rollback(self, caller: Caller, prompt: Prompt, move: Move) -> bool:
        """False if the version has passed the cases. If not, whether an owner goes back to it, and says why.

        Raises Conflict for everybody else, and for a version that has never been in production.
        """
        failing = self._evaluations.failing_cases(prompt.project_id, prompt.prompt_id, move.version)
        if not failing:
            return False
        detail = f"Version {move.version} has not passed the project's cases: see errors."
        if self._prompts.has_been(prompt.prompt_id, PRODUCTION, move.version):
            if move.reason and self._is_owner(caller, prompt.project_id):
                return True
            detail += " As it has been in production before, owners may go back to it with a reason."
        raise Conflict(detail, [FieldError(f"cases.{case.name}", case.why) for case in failing])

    def _is_owner(self, caller: Caller, project_id: str) -> bool:
        try:
            self._project_access.authorize(caller, project_id, Role.OWNER)
        except Forbidden:
            return False
        return True

    def _found(self, caller: Caller, project_id: str, prompt_id: str, required: Role) -> Prompt:
        prompt = authorized_read(
            lambda: self._prompts.find(project_id, prompt_id),
            project_access=self._project_access,
            readers=self._readers,
            caller=caller,
            project_id=project_id,
            required=required,
        )
        if prompt is None:
            raise NotFound("There is no such prompt.")
        return prompt


def _repeated[T](attempt: Callable[[], T]) -> T:
    """What the first attempt returns that nobody else's change comes between. Raises Unavailable."""
    for _ in range(_MAX_ATTEMPTS):
        try:
            return attempt()
        except (VersionConflict, DeckChangedError):
            continue
    raise Unavailable("Others are changing this project's prompts right now; try again.")


def _require_allowed(caller: Caller, prompt: Prompt, move: Move) -> None:
    """Raises Forbidden; Invalid."""
    if move.is_forced and _ADMINS not in caller.groups:
        raise Forbidden("Only an admin may force a move.")
    if move.is_forced and not move.reason:
        raise Invalid("Give a reason for forcing the move.", [FieldError("reason", "is required to force a move")])
    if not 1 <= move.version <= prompt.version:
        raise Invalid(
            "There is no such version.",
            [FieldError("version", f"must be at most {prompt.version}, the latest version")],
        )
    if move.label == LATEST:
        raise Invalid("“latest” cannot be moved.", [FieldError("label", "must be another label than latest")])
    if len(prompt.labels.keys() | {move.label}) > MAX_LABELS:
        message = f"must be one of the prompt's labels, because it has {MAX_LABELS} and can have no more"
        raise Invalid(f"A prompt has at most {MAX_LABELS} labels.", [FieldError("label", message)])


def unified(before: str, after: str, before_name: str, after_name: str) -> str:
    """A unified diff by line, with three lines of context; very long texts are shown as replaced as a whole."""
    old, new = before.split("\n"), after.split("\n")
    if old != new and len(old) * len(new) > _MAX_COMPARISONS:
        whole = [f"--- {before_name}", f"+++ {after_name}", f"@@ -1,{len(old)} +1,{len(new)} @@"]
        return "\n".join([*whole, *(f"-{line}" for line in old), *(f"+{line}" for line in new)])
    return "\n".join(difflib.unified_diff(old, new, before_name, after_name, lineterm=""))
