"""…/prompts/{promptId}/versions, /labels and /diff: what was saved, what is used, and what differs."""

from typing import Any

import pytest

from personalization.versions.domain.promotion import unified
from shared.auth.callers import Caller
from tests.personalization.calls import Answer
from tests.personalization.prompts.examples import ADMIN, EDITOR, OWNER, STRANGER, VIEWER
from tests.personalization.prompts.prompt_api import Case, PromptApi, id_of


@pytest.fixture
def project(api: PromptApi) -> str:
    project = api.made()
    api.joined(project, EDITOR, "editor")
    api.joined(project, VIEWER, "viewer")
    return project


@pytest.fixture
def prompt(api: PromptApi, project: str) -> str:
    """Three versions: One., Two. and Three."""
    prompt = api.written(project, "One.")
    api.saved(prompt, 1, content="Two.")
    api.saved(prompt, 2, content="Three.")
    return prompt


def move(api: PromptApi, prompt: str, version: int, **body: object) -> Any:
    return api.call(EDITOR, "POST", f"{prompt}/labels", {"label": "production", "version": version, **body})


def test_every_save_is_listed_the_newest_first(api: PromptApi, prompt: str) -> None:
    page = api.call(VIEWER, "GET", f"{prompt}/versions", query={"limit": "2"})

    assert page.status == 200
    assert [(item["version"], item["labels"]) for item in page.json["items"]] == [(3, []), (2, [])]
    assert page.json["items"][0].keys() == {
        "version",
        "title",
        "variables",
        "includes",
        "characters",
        "labels",
        "savedBy",
        "savedAt",
    }
    rest = api.call(VIEWER, "GET", f"{prompt}/versions", query={"cursor": page.json["nextCursor"]}).json
    assert [(item["version"], item["labels"]) for item in rest["items"]] == [(1, ["production"])]
    assert rest["nextCursor"] is None


def test_moved_label_decides_what_is_read(api: PromptApi, prompt: str) -> None:
    answer = move(api, prompt, 3, reason="clearer")

    assert answer.status == 200
    assert (answer.json["fromVersion"], answer.json["toVersion"], answer.json["movedBy"]) == (1, 3, "edda")
    assert api.read(prompt)["content"] == "Three."
    assert api.read(prompt)["labels"] == {"production": 3}


def test_rolling_back_is_moving_to_an_older_version(api: PromptApi, prompt: str) -> None:
    move(api, prompt, 3)
    move(api, prompt, 1, reason="worse")

    assert api.read(prompt)["content"] == "One."
    assert api.read(prompt)["latestVersion"] == 3


def test_labels_remember_who_moved_them_when_and_why(api: PromptApi, prompt: str) -> None:
    api.call(OWNER, "POST", f"{prompt}/labels", {"label": "staging", "version": 2})
    move(api, prompt, 2, reason="better")

    answer = api.call(VIEWER, "GET", f"{prompt}/labels").json

    assert answer["labels"] == {"production": 2, "staging": 2}
    moves = [(each["label"], each["fromVersion"], each["toVersion"], each["reason"]) for each in answer["items"]]
    assert moves == [
        ("production", 1, 2, "better"),
        ("staging", None, 2, None),
        ("production", None, 1, "the first save"),
    ]
    assert [each["movedBy"] for each in answer["items"]] == ["edda", "olga", "olga"]
    assert all(each["movedAt"] for each in answer["items"])
    assert api.read(prompt, label="staging")["content"] == "Two."


def test_label_that_points_there_already_is_not_moved(api: PromptApi, prompt: str) -> None:
    assert move(api, prompt, 1).status == 200
    assert len(api.call(OWNER, "GET", f"{prompt}/labels").json["items"]) == 1


def test_version_that_fails_its_cases_does_not_become_production(api: PromptApi, prompt: str) -> None:
    api.evaluations.failing[3] = (Case("promises no cure", "contains “cure”"), Case("is short", "not run"))

    refused = move(api, prompt, 3)

    assert refused.status == 409
    assert [(error["field"], error["message"]) for error in refused.json["errors"]] == [
        ("cases.promises no cure", "contains “cure”"),
        ("cases.is short", "not run"),
    ]
    assert api.read(prompt)["content"] == "One."
    assert move(api, prompt, 2).status == 200
    assert move(api, prompt, 3, label="staging").status == 200


def test_only_an_admin_forces_a_version_with_a_reason(api: PromptApi, prompt: str) -> None:
    api.evaluations.failing[3] = (Case("is short", "too long"),)
    forced = {"label": "production", "version": 3, "force": True}

    assert api.call(OWNER, "POST", f"{prompt}/labels", forced | {"reason": "r"}).status == 403
    assert api.call(ADMIN, "POST", f"{prompt}/labels", forced).fields == ["reason"]
    assert api.call(ADMIN, "POST", f"{prompt}/labels", forced | {"reason": "urgent"}).status == 200

    newest = api.call(OWNER, "GET", f"{prompt}/labels").json["items"][0]
    assert (newest["forced"], newest["reason"], newest["movedBy"]) == (True, "urgent", "adam")


def test_production_that_would_close_a_circle_is_refused(api: PromptApi, project: str) -> None:
    """Neither save closed it: the versions between them had no includes."""
    first, second = api.written(project), api.written(project)
    api.saved(first, 1, content=f"{{{{> {id_of(second)}}}}}")
    api.saved(first, 2, content="No more.")
    api.saved(second, 1, content=f"{{{{> {id_of(first)}}}}}")
    assert move(api, second, 2).status == 200

    refused = move(api, first, 2)

    assert refused.status == 422
    assert "must not include itself" in refused.json["detail"]


def test_viewers_move_nothing_and_strangers_see_nothing(api: PromptApi, prompt: str) -> None:
    body = {"label": "production", "version": 2}

    assert api.call(VIEWER, "POST", f"{prompt}/labels", body).status == 403
    assert api.call(STRANGER, "POST", f"{prompt}/labels", body).status == 404
    for path in ("versions", "labels", "diff"):
        query = {"from": "1", "to": "2"} if path == "diff" else None
        assert api.call(VIEWER, "GET", f"{prompt}/{path}", query=query).status == 200
        assert api.call(STRANGER, "GET", f"{prompt}/{path}", query=query).status == 404


def test_twenty_labels_are_as_many_as_can_be(api: PromptApi, prompt: str) -> None:
    for number in range(19):
        assert move(api, prompt, 1, label=f"l{number}").status == 200

    assert move(api, prompt, 1, label="one-more").fields == ["label"]
    assert move(api, prompt, 2, label="l0").status == 200


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"version": 4}, "version"),
        ({"version": 0}, "version"),
        ({"label": "latest"}, "label"),
        ({"label": "Production"}, "label"),
        ({"label": "x" * 33}, "label"),
        ({"reason": "x" * 501}, "reason"),
        ({"force": "yes"}, "force"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    api: PromptApi, prompt: str, body: dict[str, object], field: str
) -> None:
    answer = api.call(EDITOR, "POST", f"{prompt}/labels", {"label": "production", "version": 2} | body)

    assert (answer.status, answer.fields) == (422, [field])


# --- What differs


def test_difference_is_unified_by_line(api: PromptApi, project: str) -> None:
    prompt = api.written(project, "same\nold\nsame too")
    api.saved(prompt, 1, content="same\nnew\nsame too\nmore")

    answer = api.call(VIEWER, "GET", f"{prompt}/diff", query={"from": "production", "to": "2"})

    assert answer.status == 200
    assert (answer.json["fromVersion"], answer.json["toVersion"]) == (1, 2)
    assert answer.json["diff"].split("\n") == [
        "--- version 1",
        "+++ version 2",
        "@@ -1,3 +1,4 @@",
        " same",
        "-old",
        "+new",
        " same too",
        "+more",
    ]


def test_same_versions_do_not_differ(api: PromptApi, prompt: str) -> None:
    query = {"from": "2", "to": "2"}

    assert api.call(VIEWER, "GET", f"{prompt}/diff", query=query).json["diff"] == ""


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"from": "1"}, 400),
        ({"from": "1", "to": "9"}, 404),
        ({"from": "unknown", "to": "1"}, 404),
        ({"from": "0", "to": "1"}, 404),
        ({"from": "9" * 100, "to": "1"}, 404),
        ({"from": "²", "to": "1"}, 404),
    ],
)
def test_difference_needs_two_versions(api: PromptApi, prompt: str, query: dict[str, str], status: int) -> None:
    assert api.call(OWNER, "GET", f"{prompt}/diff", query=query).status == status


def test_line_break_at_the_end_is_a_difference() -> None:
    assert unified("a", "a\n", "1", "2").split("\n") == ["--- 1", "+++ 2", "@@ -1 +1,2 @@", " a", "+"]


def test_texts_of_very_many_lines_are_shown_whole() -> None:
    before, after = ("\n".join(map(str, range(5000)[::step])) for step in (1, -1))
    lines = unified(before, after, "1", "2").split("\n")
    assert lines[:3] == ["--- 1", "+++ 2", "@@ -1,5000 +1,5000 @@"]
    assert (lines[3], lines[-1]) == ("-0", "+0")
    assert unified(before, before, "1", "1") == ""


# --- Rolling back, and labels that go


def labels(api: PromptApi, caller: Caller, prompt: str, **body: object) -> Answer:
    return api.call(caller, "POST", f"{prompt}/labels", {"label": "production", **body})


@pytest.fixture
def outdated(api: PromptApi, prompt: str) -> str:
    """Version 2 is in production, where version 1 was before; a case that neither has passed was added since."""
    assert move(api, prompt, 2).status == 200
    api.evaluations.failing = dict.fromkeys((1, 2, 3), (Case("new", "has not been run with this version"),))
    return prompt


def test_owner_goes_back_to_what_was_in_production_whatever_its_cases_say(api: PromptApi, outdated: str) -> None:
    answer = labels(api, OWNER, outdated, version=1, reason="it invents quotes")

    assert (answer.status, answer.json["forced"], answer.json["reason"]) == (200, True, "it invents quotes")
    assert api.read(outdated)["content"] == "One."
    newest = api.call(VIEWER, "GET", f"{outdated}/labels").json["items"][0]
    assert (newest["toVersion"], newest["forced"], newest["movedBy"]) == (1, True, OWNER.user_id)
    assert labels(api, OWNER, outdated, version=2, reason="it did not").status == 200, "that was there, too"


@pytest.mark.parametrize(("caller", "reason"), [(OWNER, None), (EDITOR, "it invents quotes")])
def test_rolling_back_takes_an_owner_and_a_reason(
    api: PromptApi, outdated: str, caller: Caller, reason: str | None
) -> None:
    refused = labels(api, caller, outdated, version=1, **({"reason": reason} if reason else {}))

    assert refused.status == 409
    assert "owners may go back to it with a reason" in refused.json["detail"]
    assert [error["field"] for error in refused.json["errors"]] == ["cases.new"]
    assert api.read(outdated)["content"] == "Two."


def test_what_was_never_in_production_is_no_rollback(api: PromptApi, outdated: str) -> None:
    assert labels(api, OWNER, outdated, label="staging", version=3).status == 200

    refused = labels(api, OWNER, outdated, version=3, reason="it is better")

    assert refused.status == 409
    assert "owners" not in refused.json["detail"]


def test_version_that_has_passed_is_not_forced(api: PromptApi, prompt: str) -> None:
    move(api, prompt, 2)
    assert labels(api, OWNER, prompt, version=1, reason="worse").json["forced"] is False


def test_label_is_removed_and_the_history_says_so(api: PromptApi, prompt: str) -> None:
    move(api, prompt, 2, label="staging")

    assert api.call(EDITOR, "DELETE", f"{prompt}/labels/staging").status == 204

    answer = api.call(VIEWER, "GET", f"{prompt}/labels").json
    assert answer["labels"] == {"production": 1}
    newest = answer["items"][0]
    assert (newest["label"], newest["fromVersion"], newest["toVersion"], newest["movedBy"]) == (
        "staging",
        2,
        None,
        EDITOR.user_id,
    )
    assert api.call(EDITOR, "DELETE", f"{prompt}/labels/staging").status == 404
    assert api.call(VIEWER, "GET", prompt, query={"label": "staging"}).status == 404
    assert move(api, prompt, 3, label="staging").json["fromVersion"] is None


@pytest.mark.parametrize(
    ("caller", "label", "status"),
    [
        (EDITOR, "production", 409),
        (ADMIN, "production", 409),
        (EDITOR, "latest", 404),
        (EDITOR, "never", 404),
        (VIEWER, "staging", 403),
        (VIEWER, "production", 403),
        (STRANGER, "staging", 404),
    ],
)
def test_which_labels_stay(api: PromptApi, prompt: str, caller: Caller, label: str, status: int) -> None:
    move(api, prompt, 2, label="staging")

    refused = api.call(caller, "DELETE", f"{prompt}/labels/{label}")

    assert refused.status == status
    assert ("move it to another version instead" in refused.json["detail"]) is (status == 409)
    assert api.call(VIEWER, "GET", f"{prompt}/labels").json["labels"] == {"production": 1, "staging": 2}
