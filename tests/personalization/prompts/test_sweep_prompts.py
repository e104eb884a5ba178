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
from tests.personalization.prompts.examples import OWNER
from tests.personalization.prompts.prompt_api import PromptApi, id_of
from tests.shared.lambda_context import CONTEXT

LATER = datetime.now(UTC) + timedelta(days=1, hours=1)


@contextmanager
def unable(api: PromptApi, monkeypatch: pytest.MonkeyPatch, *names: str) -> Iterator[None]:
    """As if the function died before it could clear anything."""
    with monkeypatch.context() as patched:
        for name in names:
            patched.setattr(api.prompts, name, lambda *_: None)
        patched.setattr(api.texts, "clear", lambda *_: None)
        yield


def test_what_versions_point_at_stays(api: PromptApi) -> None:
    prompt = api.written(api.made(), "One.")
    api.saved(prompt, 1, content="Two.")
    api.saved(prompt, 2, title="The same text")

    swept = api.sweeper.sweep(LATER, Deadline(60))

    assert (swept.texts_seen, swept.texts_removed, swept.is_complete) == (2, 0, True)
    assert api.read(prompt, version="1")["content"] == "One."


def test_text_of_a_save_that_broke_off_goes_after_a_day(api: PromptApi) -> None:
    project = api.made()
    prompt = api.written(project)
    api.texts.keep(id_of(project), id_of(prompt), "Never saved.")
    api.texts.keep(id_of(project), "never-made", "Never made.")

    assert api.sweeper.sweep(datetime.now(UTC) + timedelta(hours=23), Deadline(60)).texts_removed == 0
    assert api.sweeper.sweep(LATER, Deadline(60)).texts_removed == 2
    assert [text for _, text in api.texts.by_id.values()] == ["Write."]


def test_leftovers_of_a_removed_prompt_go(api: PromptApi, monkeypatch: pytest.MonkeyPatch) -> None:
    prompt = api.written(api.made())
    with unable(api, monkeypatch, "clear"):
        assert api.call(OWNER, "DELETE", prompt).status == 204
    assert api.prompts.version(id_of(prompt), 1)

    api.sweeper.sweep(LATER, Deadline(60))

    assert api.prompts.version(id_of(prompt), 1) is None
    assert api.texts.by_id == {}


def test_sweep_stops_when_its_time_is_up(api: PromptApi) -> None:
    for _ in range(5):
        api.written(api.made())
    ticks = count()

    swept = api.sweeper.sweep(LATER, Deadline(3.5, lambda: float(next(ticks))))

    assert (swept.texts_seen, swept.is_complete) == (3, False)


def test_function_tells_what_it_has_done(api: PromptApi, monkeypatch: pytest.MonkeyPatch) -> None:
    api.written(api.made())
    monkeypatch.setattr(prompt_projects, "sweeper", lambda: Sweeper(api.prompts, api.texts))

    assert handler({}, CONTEXT) == {"textsSeen": 1, "textsRemoved": 0, "isComplete": True}


def test_lifecycle_rules_expire_nothing_that_a_version_could_point_at() -> None:
    template = yaml_parse((ROOT / "personalization" / "prompt_tables.yaml").read_text())
    bucket = template["Resources"]["PromptTexts"]["Properties"]

    words = {word for rule in bucket["LifecycleConfiguration"]["Rules"] for word in rule} - {"Id", "Status"}

    assert bucket["VersioningConfiguration"] == {"Status": "Enabled"}
    assert words == {"AbortIncompleteMultipartUpload", "ExpiredObjectDeleteMarker", "NoncurrentVersionTransitions"}
