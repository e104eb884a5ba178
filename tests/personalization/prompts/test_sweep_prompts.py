"""The daily sweep removes what belongs to nothing, and nothing else."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from itertools import count

import pytest
from samcli.yamlhelper import yaml_parse

from local.workspace import ROOT
from personalization.prompts import wiring as prompt_projects
from personalization.prompts.domain.sweeping import Sweeper
from personalization.prompts.handlers.sweep_prompts import handler
from shared.resilience.deadline import Deadline
from tests.personalization.prompts.desks import Desks, id_of
from tests.personalization.prompts.examples import OWNER

LATER = datetime.now(UTC) + timedelta(days=1, minutes=5)


@contextmanager
def unable(desks: Desks, monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """As if the function died before it could clear anything."""
    with monkeypatch.context() as patched:
        for name in names:
            owner = desks.sweeper if name == "clear_project" else desks.prompts
            patched.setattr(owner, name, lambda *_: None)
        patched.setattr(desks.texts, "clear", lambda *_: None)
        yield


def test_what_versions_point_at_stays(desks: Desks) -> None:
    prompt = desks.written(desks.made(), "One.")
    desks.saved(prompt, 1, content="Two.")
    desks.saved(prompt, 2, title="The same text")

    swept = desks.sweeper.sweep(LATER, Deadline(60))

    assert (swept.texts_seen, swept.texts_removed, swept.is_complete) == (2, 0, True)
    assert desks.read(prompt, version="1")["content"] == "One."


def test_text_of_a_save_that_broke_off_goes_after_a_day(desks: Desks) -> None:
    project = desks.made()
    prompt = desks.written(project)
    desks.texts.keep(id_of(project), id_of(prompt), "Never saved.")
    desks.texts.keep(id_of(project), "never-made", "Never made.")

    assert desks.sweeper.sweep(datetime.now(UTC) + timedelta(hours=23), Deadline(60)).texts_removed == 0
    assert desks.sweeper.sweep(LATER, Deadline(60)).texts_removed == 2
    assert [text for _, text in desks.texts.by_id.values()] == ["Write."]


def test_leftovers_of_a_removed_prompt_go(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = desks.written(desks.made())
    with unable(desks, monkeypatch, "clear"):
        assert desks.call(OWNER, "DELETE", prompt).status == 204
    assert desks.prompts.version(id_of(prompt), 1)

    desks.sweeper.sweep(LATER, Deadline(60))

    assert desks.prompts.version(id_of(prompt), 1) is None
    assert desks.texts.by_id == {}


def test_leftovers_of_a_removed_project_go(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    project, other = desks.made(), desks.made()
    prompts = [desks.written(project) for _ in range(3)]
    stays = desks.written(other)
    with unable(desks, monkeypatch, "clear", "clear_project"):
        assert desks.call(OWNER, "DELETE", project).status == 204
    assert len(desks.prompts.deck(id_of(project)).prompts) == 3

    desks.sweeper.sweep(LATER, Deadline(60))

    assert desks.prompts.deck(id_of(project)).prompts == ()
    assert all(desks.prompts.version(id_of(prompt), 1) is None for prompt in prompts)
    assert [text.prompt_id for text in desks.texts.kept()] == [id_of(stays)]


def test_project_with_a_very_long_history_is_left_to_the_sweep(desks: Desks) -> None:
    project = desks.made()
    prompt = desks.written(project)
    Sweeper(desks.projects, desks.prompts, desks.texts, longest_clearing=0).clear_project(id_of(project))
    assert desks.prompts.version(id_of(prompt), 1)
    desks.projects.by_id.clear()

    desks.sweeper.sweep(LATER, Deadline(60))

    assert desks.prompts.version(id_of(prompt), 1) is None
    assert desks.prompts.deck(id_of(project)).prompts == ()
    assert desks.texts.by_id == {}


def test_sweep_stops_when_its_time_is_up(desks: Desks) -> None:
    for _ in range(5):
        desks.written(desks.made())
    ticks = count()

    swept = desks.sweeper.sweep(LATER, Deadline(3.5, lambda: float(next(ticks))))

    assert (swept.texts_seen, swept.is_complete) == (3, False)


def test_function_tells_what_it_has_done(desks: Desks, monkeypatch: pytest.MonkeyPatch) -> None:
    desks.written(desks.made())
    monkeypatch.setattr(prompt_projects, "sweeper", lambda: Sweeper(desks.projects, desks.prompts, desks.texts))

    assert handler({}, None) == {"textsSeen": 1, "textsRemoved": 0, "isComplete": True}


def test_lifecycle_rules_expire_nothing_that_a_version_could_point_at() -> None:
    template = yaml_parse((ROOT / "personalization" / "prompt_tables.yaml").read_text())
    bucket = template["Resources"]["PromptTexts"]["Properties"]

    words = {word for rule in bucket["LifecycleConfiguration"]["Rules"] for word in rule} - {"Id", "Status"}

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert words == {"AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker", "NoncurrentVersionTransitions"}
