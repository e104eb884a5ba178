"""Whatever people do in whatever order, and wherever a function dies, a project's prompts stay whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)

from personalization.prompts.domain.cards import ProjectCards, Selection
from shared.errors import Invalid
from shared.resilience.deadline import Deadline
from tests.personalization.prompts.conftest import join
from tests.personalization.prompts.examples import OWNER
from tests.personalization.prompts.prompt_api import POOL, PromptApi, id_of

LATER = timedelta(days=1, minutes=5)
MOMENTS = st.sampled_from([None, "keep", "write", "clear", "clear texts"])
NUMBERS = st.integers(0, 7)
STEPS = st.none() | st.integers(0, 9)


class Died(BaseException):  # no error that anybody could handle
    """The function is gone."""


class PromptProject(RuleBasedStateMachine):
    @initialize()
    def start(self) -> None:
        self.patch = pytest.MonkeyPatch()
        self.api = PromptApi()
        join(self.patch, self.api)
        self.project = self.api.made()
        self.prompts: list[str] = []
        self.kept = self.cards()
        self.now = datetime.now(UTC)

    def teardown(self) -> None:
        self.patch.undo()

    @rule(moment=MOMENTS, included=st.none() | NUMBERS, step=STEPS)
    def make(self, moment: str | None, included: int | None, step: int | None) -> None:
        body = {"title": "T", "content": f"New {self.tag(included)}"} | ({} if step is None else {"stepOrder": step})
        with self.dying(moment, "add"):
            answer = self.api.call(OWNER, "POST", f"{self.project}/prompts", body)
            assert answer.status in (201, 422), answer
            if answer.status == 201:
                self.prompts.append(f"{self.project}/prompts/{answer.json['promptId']}")

    @precondition(lambda self: self.prompts)
    @rule(
        number=NUMBERS,
        moment=MOMENTS,
        included=st.none() | NUMBERS,
        step=STEPS,
        active=st.none() | st.booleans(),
        behind=st.integers(0, 1),
    )
    def save(
        self, number: int, moment: str | None, included: int | None, step: int | None, active: bool | None, behind: int
    ) -> None:
        prompt = self.chosen(number)
        before = self.api.read(prompt, label="latest")
        body: dict[str, Any] = {"version": max(1, before["version"] - behind), "content": f"Saved {self.tag(included)}"}
        body |= {} if step is None else {"stepOrder": step}
        body |= {} if active is None else {"isActive": active}
        with self.dying(moment, "save"):
            status = self.api.call(OWNER, "PUT", prompt, body).status
            assert status in ((409,) if body["version"] < before["version"] else (200, 422))
            if status == 200:
                return
        after = self.api.read(prompt, label="latest")
        assert after == before, "a save that failed has left something"

    @precondition(lambda self: self.prompts)
    @rule(number=NUMBERS, version=st.integers(1, 4))
    def promote(self, number: int, version: int) -> None:
        body = {"label": "production", "version": version}
        status = self.api.call(OWNER, "POST", f"{self.chosen(number)}/labels", body).status
        assert status in (200, 422)

    @rule(data=st.data())
    def order(self, data: st.DataObject) -> None:
        wanted = data.draw(st.permutations([id_of(prompt) for prompt in self.prompts]))
        answer = self.api.call(OWNER, "PUT", f"{self.project}/prompts/order", {"promptIds": wanted})
        assert answer.status == 200, answer
        assert self.listed() == [(each, step) for step, each in enumerate(wanted, start=1)]

    @precondition(lambda self: self.prompts)
    @rule(number=NUMBERS, moment=MOMENTS)
    def remove(self, number: int, moment: str | None) -> None:
        prompt = self.chosen(number)
        with self.dying(moment, "remove"):
            status = self.api.call(OWNER, "DELETE", prompt).status
            assert status in (204, 409)
        if self.api.call(OWNER, "GET", prompt).status == 404:
            self.prompts.remove(prompt)

    @precondition(lambda self: self.prompts)
    @rule(number=NUMBERS, version=st.integers(1, 4), label=st.sampled_from(["production", "latest"]))
    def select(self, number: int, version: int, label: str) -> None:
        """Any versions at all are put together, or refused in words."""
        try:
            selection = Selection(label, {id_of(self.chosen(number)): version})
            self.cards().selected(id_of(self.project), selection)
        except Invalid:
            return

    @rule()
    def sweep(self) -> None:
        assert self.api.sweeper.sweep(self.now + LATER, Deadline(60)).is_complete
        kept = {(text.prompt_id, text.text_id) for text in self.api.texts.kept()}
        ids = [id_of(prompt) for prompt in self.prompts]
        assert kept == {(each, text_id) for each in ids for text_id in self.api.prompts.text_ids(each)}

    @invariant()
    def every_prompt_is_there_once(self) -> None:
        assert sorted(each for each, _ in self.listed()) == sorted(map(id_of, self.prompts))

    @invariant()
    def production_is_whole(self) -> None:
        cards = self.cards().production(self.api.project(self.project))
        assert all("{{" not in text for text in cards.texts({}))

    @invariant()
    def next_run_sees_every_write(self) -> None:
        project = self.api.project(self.project)
        assert self.kept.production(project) == self.cards().production(project)

    @invariant()
    def every_version_can_be_read(self) -> None:
        for prompt in self.prompts:
            for version in range(1, self.api.read(prompt)["latestVersion"] + 1):
                assert self.api.read(prompt, version=str(version))["version"] == version

    def cards(self) -> ProjectCards:
        return ProjectCards(self.api.prompts, self.api.texts, lambda: POOL)

    def chosen(self, number: int) -> str:
        return self.prompts[number % len(self.prompts)]

    def tag(self, included: int | None) -> str:
        return "" if included is None or not self.prompts else f"{{{{> {id_of(self.chosen(included))}}}}}"

    def listed(self) -> list[tuple[str, int]]:
        answer = self.api.call(OWNER, "GET", f"{self.project}/prompts", query={"limit": "100"})
        return [(item["promptId"], item["stepOrder"]) for item in answer.json["items"]]

    @contextmanager
    def dying(self, moment: str | None, write: str) -> Iterator[None]:
        """The function dies before it keeps a text, writes, clears rows or clears texts."""
        where = {
            "keep": (self.api.texts, "keep"),
            "write": (self.api.prompts, write),
            "clear": (self.api.prompts, "clear"),
            "clear texts": (self.api.texts, "clear"),
        }

        def die(*_: object, **__: object) -> None:  # noqa: ARG001  whatever the arguments
            raise Died

        with pytest.MonkeyPatch.context() as patch:
            if moment:
                patch.setattr(*where[moment], die)
            try:
                yield
            except Died:
                return


def test_prompts_stay_whole(edge: None) -> None:  # noqa: ARG001  edge: the surroundings
    run_state_machine_as_test(PromptProject, settings=settings(max_examples=40, stateful_step_count=25, deadline=None))
