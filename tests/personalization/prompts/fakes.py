"""Stand-ins for the adapters of prompt projects, which keep the same contracts."""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from itertools import count

from personalization.prompts.domain.projects import Project, ProjectPage
from personalization.prompts.domain.prompts import (
    MAX_PROMPTS,
    Deck,
    DeckChangedError,
    LabelMove,
    LabelMovePage,
    Prompt,
    Version,
    VersionPage,
)
from personalization.prompts.domain.removed_projects import RemovedProject
from personalization.prompts.domain.sweeping import KeptText
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer
from tests.shared.first_answers import FakeFirstAnswers


class FakeProjects:
    """Projects in memory."""

    def __init__(self, first_answers: FakeFirstAnswers) -> None:
        self._first_answers = first_answers
        self._lock = threading.Lock()
        self.by_id: dict[str, Project] = {}
        self.removed = FakeRemovedProjects()

    def find(self, project_id: str) -> Project | None:
        return self.by_id.get(project_id)

    def add(self, project: Project, first_answer: FirstAnswer | None) -> None:
        with self._lock:
            self._first_answers.require_free(first_answer)
            self.by_id[project.project_id] = project
            self._first_answers.record(first_answer)

    def replace(self, project: Project) -> None:
        with self._lock:
            stored = self.by_id.get(project.project_id)
            if stored is None or stored.version != project.version - 1:
                raise VersionConflict
            kept = replace(
                project,
                members=stored.members,
                members_version=stored.members_version,
                cards_version=stored.cards_version,
            )
            self.by_id[project.project_id] = kept

    def set_members(self, project: Project, changed: str, first_answer: FirstAnswer | None) -> None:  # noqa: ARG002
        with self._lock:
            self._first_answers.require_free(first_answer)
            stored = self.by_id.get(project.project_id)
            if stored is None or stored.members_version != project.members_version - 1:
                raise VersionConflict
            self.by_id[project.project_id] = replace(
                stored, members=project.members, members_version=project.members_version
            )
            self._first_answers.record(first_answer)

    def count_change_of_cards(self, project_id: str) -> None:
        with self._lock:
            if (stored := self.by_id.get(project_id)) is None:
                raise NotFound("There is no such project.")
            self.by_id[project_id] = replace(stored, cards_version=stored.cards_version + 1)

    def page(self, member: str | None, after: str | None, limit: int) -> ProjectPage:
        listed = [
            project
            for project in sorted(self.by_id.values(), key=lambda each: each.project_id, reverse=True)
            if (member is None or any(each.user_id == member for each in project.members))
            and (after is None or project.project_id < after)
        ]
        page = tuple(listed[:limit])
        return ProjectPage(page, page[-1].project_id if len(listed) > limit else None)

    def remove(self, project: Project, now: datetime) -> None:
        with self._lock:
            stored = self.by_id.get(project.project_id)
            if stored is None or stored.members_version != project.members_version:
                raise VersionConflict
            del self.by_id[project.project_id]
            self.removed.by_id[project.project_id] = RemovedProject(project.project_id, now, now)


class FakeRemovedProjects:
    """Projects that were removed, in memory."""

    def __init__(self) -> None:
        self.by_id: dict[str, RemovedProject] = {}

    def all(self) -> Sequence[RemovedProject]:
        return [self.by_id[project_id] for project_id in sorted(self.by_id)]

    def postpone(self, removed: RemovedProject, due_at: datetime) -> bool:
        if self.by_id.get(removed.project_id) != removed:
            return False
        self.by_id[removed.project_id] = replace(removed, due_at=due_at)
        return True

    def forget(self, removed: RemovedProject) -> None:
        self.by_id.pop(removed.project_id, None)


class FakePrompts:
    """Prompts in memory, of the projects that it is given."""

    def __init__(self, projects: FakeProjects, first_answers: FakeFirstAnswers) -> None:
        self._projects, self._first_answers = projects, first_answers
        self._lock = threading.Lock()
        self._prompts: dict[tuple[str, str], Prompt] = {}
        self._revisions: dict[str, int] = {}
        self._versions: dict[str, list[Version]] = {}
        self._moves: dict[str, list[LabelMove]] = {}

    def deck(self, project_id: str) -> Deck:
        with self._lock:
            return self._deck(project_id)

    def find(self, project_id: str, prompt_id: str) -> Prompt | None:
        return self._prompts.get((project_id, prompt_id))

    def version(self, prompt_id: str, version: int) -> Version | None:
        return next((each for each in self._versions.get(prompt_id, ()) if each.version == version), None)

    def versions(self, prompt_id: str, after: str | None, limit: int) -> VersionPage:
        found = self._versions.get(prompt_id, [])[::-1]
        page, position = _page(found, lambda each: f"{each.version:08}", after, limit)
        return VersionPage(page, position)

    def label_moves(self, prompt_id: str, after: str | None, limit: int) -> LabelMovePage:
        found = sorted(self._moves.get(prompt_id, ()), key=lambda move: move.move_id, reverse=True)
        page, position = _page(found, lambda each: each.move_id, after, limit)
        return LabelMovePage(page, position)

    def has_been(self, prompt_id: str, label: str, version: int) -> bool:
        return any((each.label, each.to_version) == (label, version) for each in self._moves.get(prompt_id, ()))

    def add(self, prompt: Prompt, move: LabelMove, seen: Deck, first_answer: FirstAnswer | None) -> None:
        with self._lock:
            self._first_answers.require_free(first_answer)
            if self._projects.find(prompt.project_id) is None:
                raise NotFound("There is no such project.")
            deck = self._deck(prompt.project_id)
            is_moved = deck.revision != seen.revision and (not seen.revision or prompt.latest.includes)
            if is_moved or len(deck.prompts) >= MAX_PROMPTS:
                raise DeckChangedError
            self._write(prompt)
            self._versions[prompt.prompt_id] = [prompt.latest]
            self._moves[prompt.prompt_id] = [move]
            self._turn(prompt.project_id)
            self._first_answers.record(first_answer)

    def save(self, prompt: Prompt, *, is_moved: bool = False, is_switched: bool = False) -> None:
        with self._lock:
            stored = self._prompts.get((prompt.project_id, prompt.prompt_id))
            if stored is None or stored.version != prompt.version - 1:
                raise VersionConflict
            self._write(
                replace(
                    stored,
                    latest=prompt.latest,
                    tags=prompt.tags,
                    is_active=prompt.is_active,
                    step_order=prompt.step_order if is_moved else stored.step_order,
                    updated_at=prompt.updated_at,
                )
            )
            self._versions[prompt.prompt_id].append(prompt.latest)
            if is_moved:
                self._turn(prompt.project_id)
            elif is_switched:
                self._projects.count_change_of_cards(prompt.project_id)

    def move_label(self, prompt: Prompt, move: LabelMove, seen: Deck | None) -> None:
        with self._lock:
            stored = self._prompts.get((prompt.project_id, prompt.prompt_id))
            if stored is None or stored.label_moves != prompt.label_moves - 1:
                raise VersionConflict
            if seen:
                self._require_seen(seen)
                self._turn(prompt.project_id)
            self._write(
                replace(stored, labels=prompt.labels, label_moves=prompt.label_moves, production=prompt.production)
            )
            self._moves[prompt.prompt_id].append(move)

    def order(self, seen: Deck, steps: Mapping[str, int]) -> None:
        with self._lock:
            self._require_seen(seen)
            if not seen.revision:
                raise DeckChangedError
            for prompt_id, step in steps.items():
                self._write(replace(self._prompts[seen.project_id, prompt_id], step_order=step))
            self._turn(seen.project_id)

    def remove(self, prompt: Prompt, seen: Deck) -> None:
        with self._lock:
            self._require_seen(seen)
            del self._prompts[prompt.project_id, prompt.prompt_id]
            self._turn(prompt.project_id)

    def clear(self, prompt_id: str) -> None:
        self._versions.pop(prompt_id, None)
        self._moves.pop(prompt_id, None)

    def clear_deck(self, project_id: str) -> None:
        for prompt in self.deck(project_id).prompts:
            del self._prompts[project_id, prompt.prompt_id]
        self._revisions.pop(project_id, None)

    def text_ids(self, prompt_id: str) -> frozenset[str]:
        return frozenset(version.text_id for version in self._versions.get(prompt_id, ()))

    def _deck(self, project_id: str) -> Deck:
        found = [prompt for (project, _), prompt in self._prompts.items() if project == project_id]
        found.sort(key=lambda prompt: (prompt.step_order, prompt.prompt_id))
        return Deck(project_id, tuple(found), self._revisions.get(project_id, 0))

    def _require_seen(self, seen: Deck) -> None:
        if self._revisions.get(seen.project_id, 0) != seen.revision:
            raise DeckChangedError

    def _turn(self, project_id: str) -> None:
        self._projects.count_change_of_cards(project_id)
        self._revisions[project_id] = self._revisions.get(project_id, 0) + 1

    def _write(self, prompt: Prompt) -> None:
        self._prompts[prompt.project_id, prompt.prompt_id] = prompt


class FakeTexts:
    """Texts in memory; `now` says when each is kept."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._numbers = count()
        self.by_id: dict[str, tuple[KeptText, str]] = {}

    def keep(self, project_id: str, prompt_id: str, text: str) -> str:
        with self._lock:
            text_id = f"text-{next(self._numbers)}"
            self.by_id[text_id] = KeptText(project_id, prompt_id, text_id, self._now()), text
            return text_id

    def read(self, project_id: str, prompt_id: str, text_id: str) -> str:
        kept, text = self.by_id[text_id]
        if (kept.project_id, kept.prompt_id) != (project_id, prompt_id):
            raise LookupError(text_id)
        return text

    def clear(self, project_id: str, prompt_id: str) -> None:
        self.remove([text for text in self.kept() if (text.project_id, text.prompt_id) == (project_id, prompt_id)])

    def clear_project(self, project_id: str) -> None:
        self.remove([text for text in self.kept() if text.project_id == project_id])

    def kept(self, project_id: str | None = None) -> Iterator[KeptText]:
        everything = [kept for kept, _ in self.by_id.values() if project_id in {None, kept.project_id}]
        return iter(sorted(everything, key=lambda text: (text.project_id, text.prompt_id, text.text_id)))

    def remove(self, texts: Sequence[KeptText]) -> None:
        for text in texts:
            self.by_id.pop(text.text_id, None)


def _page[T](
    items: Sequence[T], position_of: Callable[[T], str], after: str | None, limit: int
) -> tuple[tuple[T, ...], str | None]:
    following = [item for item in items if after is None or position_of(item) < after]
    page = tuple(following[:limit])
    return page, position_of(page[-1]) if len(following) > limit else None
