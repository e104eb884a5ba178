"""Evaluations protect production, and owners can always go back."""

import json

import pytest

from local.model.process import ModelControl
from tests.e2e.clients import is_problem
from tests.e2e.projects import ARTICLE, Project

pytestmark = pytest.mark.platform


def test_an_owner_rolls_back_past_a_case_that_was_added_later(project: Project) -> None:
    labels = f"{project.path}/prompts/{project.prompt_id}/labels"
    version = project.save(f"Write a limerick. {project.word}")
    assert project.api("POST", labels, json={"label": "production", "version": version}).status_code == 200
    case = {"name": "Rhymes", "article": ARTICLE, "checks": [{"kind": "contains", "text": "rhyme"}]}
    assert project.api("POST", f"{project.path}/cases", json=case).status_code == 201
    back = {"label": "production", "version": 1}
    refusal = is_problem(project.api("POST", labels, json=back), 409)
    assert "owners may go back to it with a reason" in refusal["detail"]

    rolled = project.api("POST", labels, json=back | {"reason": "Limericks offend readers."})

    assert rolled.status_code == 200, rolled.text
    assert project.ended(project.run().json()["runId"])["promptCardsUsed"] == [f"{project.prompt_id}@1"]
    newest = project.api.get(labels).json()["items"][0]
    assert (newest["fromVersion"], newest["toVersion"], newest["forced"]) == (version, 1, True)
    assert newest["reason"] == "Limericks offend readers."


def test_production_moves_to_what_has_passed(project: Project, model: ModelControl) -> None:
    case = {
        "name": "A headline",
        "article": ARTICLE,
        "checks": [{"kind": "contains", "text": "Screening"}, {"kind": "max-length", "characters": 5000}],
    }
    added = project.api("POST", f"{project.path}/cases", json=case)
    assert added.status_code == 201, added.text
    version = project.save(f"Write only a headline. Reference {project.word}.")
    labels, move = f"{project.path}/prompts/{project.prompt_id}/labels", {"label": "production", "version": version}
    refusal = is_problem(project.api("POST", labels, json=move), 409)
    assert "has not been run with this version" in json.dumps(refusal)

    model.behave(project.word, answers=["Nothing of the kind."])
    failed = project.evaluated(promptId=project.prompt_id)
    assert failed["status"] == "failed"
    assert failed["versions"] == {project.prompt_id: version}
    (result,) = failed["cases"]
    assert result["failures"] == [{"check": 0, "why": "does not contain “Screening”"}]
    refusal = is_problem(project.api("POST", labels, json=move), 409)
    assert "does not contain “Screening”" in json.dumps(refusal, ensure_ascii=False)

    model.forget(project.word)
    passed = project.evaluated(promptId=project.prompt_id)
    assert passed["status"] == "passed", passed
    assert passed["cases"][0]["cost"]["micros"] > 0
    moved = project.api("POST", labels, json=move)
    assert moved.status_code in {200, 201}, moved.text


def test_a_throttled_model_is_called_again_by_the_state_machine(project: Project, model: ModelControl) -> None:
    for number in range(3):
        case = {"name": f"Case {number}", "article": ARTICLE, "checks": [{"kind": "contains", "text": "Screening"}]}
        assert project.api("POST", f"{project.path}/cases", json=case).status_code == 201
    model.behave(project.word, throttle=2)
    assert project.evaluated()["status"] == "passed"


def test_cases_that_nobody_can_check_are_refused(project: Project) -> None:
    for check in (
        {"kind": "matches", "pattern": "(?=a)"},
        {"kind": "json-schema", "schema": {"$ref": "#"}},
        {"kind": "rhymes"},
    ):
        answer = project.api("POST", f"{project.path}/cases", json={"name": "A", "article": "B", "checks": [check]})
        assert answer.status_code in {400, 422}, answer.text
