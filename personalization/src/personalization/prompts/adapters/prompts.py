"""Prompts in DynamoDB: an item each, one for the steps of all, and a history of versions and label moves."""

from collections.abc import Mapping, Sequence

from personalization.prompts.adapters.items import (
    MOVES,
    STEPS,
    VERSIONS,
    move_in,
    move_item,
    prompt_in,
    prompt_item,
    version_entry,
    version_in,
    version_item,
    version_map,
)
from personalization.prompts.domain.prompts import (
    MOST_PROMPTS,
    Deck,
    DeckChangedError,
    LabelMove,
    LabelMovePage,
    Prompt,
    Version,
    VersionPage,
)
from shared.dynamodb.tables import Condition, ConditionFailed, Item, Table, add, attribute, remove, set_to
from shared.dynamodb.transactions import Cancelled, Transaction
from shared.errors import NotFound, VersionConflict
from shared.idempotency.claims import FirstAnswer, translated_refusals
from shared.idempotency.first_answers import DynamoFirstAnswers
from shared.json.encoding import rfc3339

_DECK, _HISTORY, _MOVE, _PROJECT, _PROMPT = "deck", "history", "move", "project", "prompt"


class DynamoPrompts:
    """Writes Prompts, PromptHistory and the first answers; looks at Projects."""

    def __init__(self, projects_table: str, prompts_table: str, history_table: str, first_answers_table: str) -> None:
        self._projects, self._prompts, self._history = map(Table, (projects_table, prompts_table, history_table))
        self._first_answers = DynamoFirstAnswers(first_answers_table)

    def deck(self, project_id: str) -> Deck:
        """One consistent Query."""
        items = {item["promptId"]: item for item in self._prompts.query(attribute("projectId") == project_id)}
        known = items.pop(STEPS, {})
        prompts = [prompt_in(item, known["steps"].get(prompt_id, 0)) for prompt_id, item in items.items()]
        prompts.sort(key=lambda prompt: (prompt.step_order, prompt.prompt_id))
        return Deck(project_id, tuple(prompts), known.get("revision", 0))

    def find(self, project_id: str, prompt_id: str) -> Prompt | None:
        """One consistent BatchGetItem."""
        keys = [{"projectId": project_id, "promptId": each} for each in (prompt_id, STEPS)]
        items = {item["promptId"]: item for item in self._prompts.get_many(keys)}
        if prompt_id not in items or prompt_id == STEPS:
            return None
        return prompt_in(items[prompt_id], items.get(STEPS, {"steps": {}})["steps"].get(prompt_id, 0))

    def version(self, prompt_id: str, version: int) -> Version | None:
        item = self._history.get({"promptId": prompt_id, "entry": version_entry(version)})
        return version_in(item) if item else None

    def versions(self, prompt_id: str, after: str | None, limit: int) -> VersionPage:
        items, position = self._entries(prompt_id, VERSIONS, after, limit)
        return VersionPage(tuple(map(version_in, items)), position)

    def label_moves(self, prompt_id: str, after: str | None, limit: int) -> LabelMovePage:
        items, position = self._entries(prompt_id, MOVES, after, limit)
        return LabelMovePage(tuple(map(move_in, items)), position)

    def add(self, prompt: Prompt, move: LabelMove, seen: Deck, first_answer: FirstAnswer | None) -> None:
        """One transaction: prompt, version, move, step and first answer, while the project is there.

        A prompt that includes others has to find the deck as it was seen; of those that do not, many at once get in.
        """
        transaction = Transaction()
        there = attribute("projectId").exists()
        transaction.check(_PROJECT, self._projects, {"projectId": prompt.project_id}, there)
        transaction.put(_PROMPT, self._prompts, prompt_item(prompt), attribute("promptId").missing())
        self._remember(transaction, prompt, move)
        key = {"projectId": prompt.project_id, "promptId": STEPS}
        if not seen.revision:
            deck = {**key, "steps": {prompt.prompt_id: prompt.step_order}, "prompts": 1, "revision": 1}
            transaction.put(_DECK, self._prompts, deck, attribute("revision").missing())
        else:
            changes = [set_to((STEPS, prompt.prompt_id), prompt.step_order), add("prompts", 1), add("revision", 1)]
            room = attribute("prompts") < MOST_PROMPTS
            fits = room & _as_seen(seen) if prompt.latest.includes else room
            transaction.update(_DECK, self._prompts, key, changes, fits)
        self._first_answers.record(first_answer, transaction)
        _commit(transaction)

    def save(self, prompt: Prompt, *, is_moved: bool = False) -> None:
        """One transaction: what the prompt says of its latest version, the version, and its step where it is moved."""
        transaction = Transaction()
        changes = [
            set_to("title", prompt.latest.title),
            set_to("tags", list(prompt.tags)),
            set_to("isActive", prompt.is_active),
            set_to("version", prompt.version),
            set_to("latest", version_map(prompt.latest)),
            set_to("updatedAt", rfc3339(prompt.updated_at)),
        ]
        transaction.update(_PROMPT, self._prompts, _key(prompt), changes, attribute("version") == prompt.version - 1)
        self._remember(transaction, prompt)
        if is_moved:
            key = {"projectId": prompt.project_id, "promptId": STEPS}
            steps = [set_to((STEPS, prompt.prompt_id), prompt.step_order), add("revision", 1)]
            transaction.update(_DECK, self._prompts, key, steps)
        _commit(transaction)

    def move_label(self, prompt: Prompt, move: LabelMove, seen: Deck | None) -> None:
        """One transaction: where the labels point, the move, and, for production, that the deck is as it was seen."""
        transaction = Transaction()
        changes = [
            set_to("labels", dict(prompt.labels)),
            set_to("labelMoves", prompt.label_moves),
            set_to("production", version_map(prompt.production)),
        ]
        seen_moves = attribute("labelMoves") == prompt.label_moves - 1
        transaction.update(_PROMPT, self._prompts, _key(prompt), changes, seen_moves)
        transaction.put(_MOVE, self._history, move_item(prompt.prompt_id, move))
        if seen:
            key = {"projectId": prompt.project_id, "promptId": STEPS}
            transaction.update(_DECK, self._prompts, key, [add("revision", 1)], _as_seen(seen))
        _commit(transaction)

    def order(self, seen: Deck, steps: Mapping[str, int]) -> None:
        """One UpdateItem, for however many prompts."""
        key = {"projectId": seen.project_id, "promptId": STEPS}
        changes = [set_to("steps", dict(steps)), set_to("revision", seen.revision + 1)]
        try:
            self._prompts.update(key, *changes, condition=_as_seen(seen))
        except ConditionFailed as error:
            raise DeckChangedError from error

    def remove(self, prompt: Prompt, seen: Deck) -> None:
        """One transaction: the prompt and its step."""
        transaction = Transaction()
        transaction.delete(_PROMPT, self._prompts, _key(prompt))
        changes = [remove((STEPS, prompt.prompt_id)), add("prompts", -1), add("revision", 1)]
        key = {"projectId": prompt.project_id, "promptId": STEPS}
        transaction.update(_DECK, self._prompts, key, changes, _as_seen(seen))
        _commit(transaction)

    def clear(self, prompt_id: str) -> None:
        """A Query, and a DeleteItem for each entry."""
        for item in self._history.query(attribute("promptId") == prompt_id, attributes=["promptId", "entry"]):
            self._history.delete(item)

    def clear_deck(self, project_id: str) -> None:
        """A Query, and a DeleteItem for each prompt and for their steps."""
        for item in self._prompts.query(attribute("projectId") == project_id, attributes=["projectId", "promptId"]):
            self._prompts.delete(item)

    def text_ids(self, prompt_id: str) -> frozenset[str]:
        """One consistent Query."""
        keys = (attribute("promptId") == prompt_id) & attribute("entry").starts_with(VERSIONS)
        return frozenset(item["textId"] for item in self._history.query(keys, attributes=["textId"]))

    def _entries(self, prompt_id: str, kind: str, after: str | None, limit: int) -> tuple[Sequence[Item], str | None]:
        """One consistent Query, backwards, of one entry more than the page."""
        entry = attribute("entry")
        within = entry.between(kind, after) if after else entry.starts_with(kind)
        keys = (attribute("promptId") == prompt_id) & within
        found = self._history.query(keys, newest_first=True, limit=limit + (2 if after else 1))
        items = [item for item in found if item["entry"] != after]
        return items[:limit], items[limit - 1]["entry"] if len(items) > limit else None

    def _remember(self, transaction: Transaction, prompt: Prompt, move: LabelMove | None = None) -> None:
        version = version_item(prompt.prompt_id, prompt.latest)
        transaction.put(_HISTORY, self._history, version, attribute("entry").missing())
        if move:
            transaction.put(_MOVE, self._history, move_item(prompt.prompt_id, move))


def _key(prompt: Prompt) -> Item:
    return {"projectId": prompt.project_id, "promptId": prompt.prompt_id}


def _as_seen(deck: Deck) -> Condition:
    return attribute("revision") == deck.revision


def _commit(transaction: Transaction) -> None:
    """Raises what a refused write means."""
    try:
        with translated_refusals():
            transaction.commit()
    except Cancelled as cancelled:
        if _PROJECT in cancelled.refused:
            raise NotFound("There is no such project.") from cancelled
        if _PROMPT in cancelled.refused:
            raise VersionConflict from cancelled
        if _DECK in cancelled.refused:
            raise DeckChangedError from cancelled
        raise
