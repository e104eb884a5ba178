"""Prompts in DynamoDB: an item each, one for the steps of all, and a history of versions and label moves."""

from collections.abc import Mapping, Sequence

from pynamodb.expressions.condition import Condition
from pynamodb.expressions.update import Action

from personalization.prompts.adapters.records import (
    MOVES,
    STEPS,
    VERSIONS,
    DeckRecord,
    HistoryRecord,
    LabelMoveRecord,
    ProjectRecord,
    PromptRecord,
    StepsRecord,
    VersionRecord,
    version_entry,
)
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
from shared.dynamodb.records import select
from shared.dynamodb.transactions import Transaction
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.persistence.unit_of_work import WriteRefused

_DECK, _HISTORY, _MOVE, _PROJECT, _PROMPT = "deck", "history", "move", "project", "prompt"


class DynamoPrompts:
    """Writes Prompts, PromptHistory and the first answers; counts in Projects what changes the cards of runs."""

    def __init__(self, projects_table: str, prompts_table: str, history_table: str, first_answers_table: str) -> None:
        self._projects = ProjectRecord.at(projects_table)
        self._deck = DeckRecord.at(prompts_table)
        self._prompts, self._steps = PromptRecord.at(prompts_table), StepsRecord.at(prompts_table)
        self._history = HistoryRecord.at(history_table)
        self._versions, self._moves = VersionRecord.at(history_table), LabelMoveRecord.at(history_table)
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def deck(self, project_id: str) -> Deck:
        """One consistent Query."""
        records = select(self._deck, project_id)
        order = _steps(records)
        prompts = [
            record.to_prompt(order.steps.get(record.prompt_id, 0))
            for record in records
            if isinstance(record, PromptRecord)
        ]
        prompts.sort(key=lambda prompt: (prompt.step_order, prompt.prompt_id))
        return Deck(project_id, tuple(prompts), order.revision)

    def find(self, project_id: str, prompt_id: str) -> Prompt | None:
        """One consistent BatchGetItem."""
        records = self._deck.find_many([(project_id, prompt_id), (project_id, STEPS)])
        order = _steps(records)
        found = (record for record in records if isinstance(record, PromptRecord))
        return next((record.to_prompt(order.steps.get(prompt_id, 0)) for record in found), None)

    def version(self, prompt_id: str, version: int) -> Version | None:
        record = self._versions.find(prompt_id, version_entry(version))
        return record.to_version() if record else None

    def versions(self, prompt_id: str, after: str | None, limit: int) -> VersionPage:
        records, position = _page(self._versions, prompt_id, VERSIONS, after, limit)
        return VersionPage(tuple(record.to_version() for record in records), position)

    def label_moves(self, prompt_id: str, after: str | None, limit: int) -> LabelMovePage:
        records, position = _page(self._moves, prompt_id, MOVES, after, limit)
        return LabelMovePage(tuple(record.to_move() for record in records), position)

    def has_been(self, prompt_id: str, label: str, version: int) -> bool:
        """A consistent Query of the prompt's moves, newest first, up to that one."""
        moved = (LabelMoveRecord.label == label) & (LabelMoveRecord.to_version == version)
        moves = LabelMoveRecord.entry.startswith(MOVES)
        return bool(select(self._moves, prompt_id, moves, newest_first=True, limit=1, where=moved))

    def add(self, prompt: Prompt, move: LabelMove, seen: Deck, first_answer: FirstAnswer | None) -> None:
        """One transaction: prompt, version, move, step, first answer, and the count of changes.

        A prompt that includes others has to find the deck as it was seen; of those that do not, many at once get in.
        """
        transaction = self._counted(prompt.project_id)
        transaction.save(_PROMPT, self._prompts.of(prompt), PromptRecord.prompt_id.does_not_exist())
        self._remember(transaction, prompt, move)
        deck = self._steps(prompt.project_id, STEPS)
        if not seen.revision:
            deck.steps, deck.prompts, deck.revision = {prompt.prompt_id: prompt.step_order}, 1, 1
            transaction.save(_DECK, deck, StepsRecord.revision.does_not_exist())
        else:
            actions = [
                StepsRecord.steps[prompt.prompt_id].set(prompt.step_order),
                StepsRecord.prompts.add(1),
                StepsRecord.revision.add(1),
            ]
            room = StepsRecord.prompts < MAX_PROMPTS
            fits = room & _as_seen(seen) if prompt.latest.includes else room
            transaction.change(_DECK, deck, actions, fits)
        self._first_answers.record(first_answer, transaction)
        _commit(transaction)

    def save(self, prompt: Prompt, *, is_moved: bool = False, is_switched: bool = False) -> None:
        """One transaction: what the prompt says of its latest version, the version, and its step where it is moved."""
        transaction = self._counted(prompt.project_id) if is_moved or is_switched else Transaction()
        actions: list[Action] = [
            PromptRecord.title.set(prompt.latest.title),
            PromptRecord.tags.set(prompt.tags),
            PromptRecord.is_active.set(prompt.is_active),
            PromptRecord.version.set(prompt.version),
            PromptRecord.latest.set(prompt.latest),
            PromptRecord.updated_at.set(prompt.updated_at),
        ]
        transaction.change(_PROMPT, self._keyed(prompt), actions, PromptRecord.version == prompt.version - 1)
        self._remember(transaction, prompt)
        if is_moved:
            steps = [StepsRecord.steps[prompt.prompt_id].set(prompt.step_order), StepsRecord.revision.add(1)]
            transaction.change(_DECK, self._steps(prompt.project_id, STEPS), steps)
        _commit(transaction)

    def move_label(self, prompt: Prompt, move: LabelMove, seen: Deck | None) -> None:
        """One transaction: where the labels point, the move, and, for production, that the deck is as it was seen."""
        transaction = self._counted(prompt.project_id) if seen else Transaction()
        actions = [
            PromptRecord.labels.set(dict(prompt.labels)),
            PromptRecord.label_moves.set(prompt.label_moves),
            PromptRecord.production.set(prompt.production),
        ]
        seen_moves = PromptRecord.label_moves == prompt.label_moves - 1
        transaction.change(_PROMPT, self._keyed(prompt), actions, seen_moves)
        transaction.save(_MOVE, self._moves.of(prompt.prompt_id, move))
        if seen:
            deck = self._steps(prompt.project_id, STEPS)
            transaction.change(_DECK, deck, [StepsRecord.revision.add(1)], _as_seen(seen))
        _commit(transaction)

    def order(self, seen: Deck, steps: Mapping[str, int]) -> None:
        """One transaction of two writes, for however many prompts."""
        transaction = self._counted(seen.project_id)
        actions = [StepsRecord.steps.set(dict(steps)), StepsRecord.revision.set(seen.revision + 1)]
        transaction.change(_DECK, self._steps(seen.project_id, STEPS), actions, _as_seen(seen))
        _commit(transaction)

    def remove(self, prompt: Prompt, seen: Deck) -> None:
        """One transaction: the prompt, its step, and the count of changes."""
        transaction = self._counted(prompt.project_id)
        transaction.remove(_PROMPT, self._keyed(prompt))
        actions = [
            StepsRecord.steps[prompt.prompt_id].remove(),
            StepsRecord.prompts.add(-1),
            StepsRecord.revision.add(1),
        ]
        transaction.change(_DECK, self._steps(prompt.project_id, STEPS), actions, _as_seen(seen))
        _commit(transaction)

    def clear(self, prompt_id: str) -> None:
        """A Query, and a DeleteItem for each entry."""
        for record in select(self._history, prompt_id, attributes=[HistoryRecord.prompt_id, HistoryRecord.entry]):
            self._history(record.prompt_id, record.entry).remove()

    def clear_deck(self, project_id: str) -> None:
        """A Query, and a DeleteItem for each prompt and for their steps."""
        for record in select(self._deck, project_id, attributes=[DeckRecord.project_id, DeckRecord.prompt_id]):
            self._deck(record.project_id, record.prompt_id).remove()

    def text_ids(self, prompt_id: str) -> frozenset[str]:
        """One consistent Query."""
        versions = VersionRecord.entry.startswith(VERSIONS)
        return frozenset(
            record.text_id for record in select(self._versions, prompt_id, versions, attributes=[VersionRecord.text_id])
        )

    def _counted(self, project_id: str) -> Transaction:
        """A transaction that counts in the project, while that is there, what else it changes."""
        transaction = Transaction()
        counted = [ProjectRecord.cards_version.add(1)]
        transaction.change(_PROJECT, self._projects(project_id), counted, ProjectRecord.project_id.exists())
        return transaction

    def _keyed(self, prompt: Prompt) -> PromptRecord:
        return self._prompts(prompt.project_id, prompt.prompt_id)

    def _remember(self, transaction: Transaction, prompt: Prompt, move: LabelMove | None = None) -> None:
        version = self._versions.of(prompt.prompt_id, prompt.latest)
        transaction.save(_HISTORY, version, VersionRecord.entry.does_not_exist())
        if move:
            transaction.save(_MOVE, self._moves.of(prompt.prompt_id, move))


def _steps(records: Sequence[DeckRecord]) -> StepsRecord:
    """The steps among the records; before the first prompt there are none."""
    found = (record for record in records if isinstance(record, StepsRecord))
    return next(found, StepsRecord(steps={}, revision=0))


def _page[R: HistoryRecord](
    source: type[R], prompt_id: str, kind: str, after: str | None, limit: int
) -> tuple[Sequence[R], str | None]:
    """One consistent Query, backwards, of one entry more than the page."""
    entry = HistoryRecord.entry
    within = entry.between(kind, after) if after else entry.startswith(kind)
    found = select(source, prompt_id, within, newest_first=True, limit=limit + (2 if after else 1))
    records = [record for record in found if record.entry != after]
    return records[:limit], records[limit - 1].entry if len(records) > limit else None


def _as_seen(deck: Deck) -> Condition:
    return StepsRecord.revision == deck.revision


def _commit(transaction: Transaction) -> None:
    """Raises what a refused write means."""
    try:
        with translated_refusals():
            transaction.commit()
    except WriteRefused as error:
        if _PROJECT in error.refused:
            raise NotFound("There is no such project.") from error
        if _PROMPT in error.refused:
            raise VersionConflict from error
        if _DECK in error.refused:
            raise DeckChangedError from error
        raise
