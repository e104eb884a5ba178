"""/api/projects: who makes, sees, changes and removes projects."""

from typing import Any

import pytest

from personalization.prompts.domain.erasing import PromptErasing
from shared.auth.callers import Caller
from shared.resilience.deadline import Deadline
from tests.personalization.prompts.examples import ADMIN, EDITOR, NOW, OWNER, STRANGER, VIEWER
from tests.personalization.prompts.prompt_api import PromptApi

SETTINGS = {"maxTokens": 500, "temperature": 0.1, "topP": 0.5, "tokensPerDay": 10_000, "tokensPerUserPerDay": 1_000}


def test_maker_becomes_the_owner(api: PromptApi) -> None:
    answer = api.call(OWNER, "POST", "/api/projects", {"name": "Letters", "settings": SETTINGS})

    assert answer.status == 201
    assert answer.json.pop("createdAt") == answer.json.pop("updatedAt")
    assert answer.json == {
        "projectId": "id-0001",
        "name": "Letters",
        "description": "",
        "settings": SETTINGS,
        "status": "ACTIVE",
        "owner": "olga",
        "role": "owner",
        "version": 1,
    }
    assert api.call(OWNER, "GET", "/api/projects/id-0001").json["settings"] == SETTINGS


@pytest.mark.parametrize(("caller", "status"), [(OWNER, 201), (ADMIN, 201), (VIEWER, 403)])
def test_staff_and_admins_make_projects(api: PromptApi, caller: Caller, status: int) -> None:
    assert api.call(caller, "POST", "/api/projects", {"name": "Letters"}).status == status
    assert api.call(caller, "POST", "/api/projects", {}).status == (422 if status == 201 else 403)


def test_repeated_request_makes_one_project(api: PromptApi) -> None:
    answers = [api.call(OWNER, "POST", "/api/projects", {"name": "Letters"}, key="k") for _ in range(3)]

    assert [answer.status for answer in answers] == [201, 201, 201]
    assert len({answer.json["projectId"] for answer in answers}) == 1
    assert len(api.projects.by_id) == 1
    assert api.call(OWNER, "POST", "/api/projects", {"name": "Other"}, key="k").status == 422


def test_nobody_but_members_and_admins_sees_a_project(api: PromptApi) -> None:
    project = api.made()
    api.joined(project, VIEWER, "viewer")

    seen = {caller: api.call(caller, "GET", project) for caller in (OWNER, VIEWER, ADMIN, STRANGER)}

    assert {caller.user_id: answer.status for caller, answer in seen.items()} == {
        "olga": 200,
        "vera": 200,
        "adam": 200,
        "sam": 404,
    }
    assert seen[VIEWER].json["role"] == "viewer"
    unknown = api.call(STRANGER, "GET", "/api/projects/unknown")
    assert unknown.json["detail"] == seen[STRANGER].json["detail"]


@pytest.mark.parametrize("project_id", ["%", "a b", "ä", "x" * 129, "#"])
def test_what_is_no_id_is_not_found(api: PromptApi, project_id: str) -> None:
    assert api.call(OWNER, "GET", f"/api/projects/{project_id}").status == 404


def test_members_list_their_projects_and_admins_all_page_by_page(api: PromptApi) -> None:
    own = [api.made() for _ in range(3)]
    others = api.made(STRANGER)

    def listed(caller: Caller) -> list[str]:
        found: list[str] = []
        query: dict[str, str] = {"limit": "2"}
        while True:
            page: Any = api.call(caller, "GET", "/api/projects", query=query).json
            found += [f"/api/projects/{item['projectId']}" for item in page["items"]]
            if page["nextCursor"] is None:
                return found
            query["cursor"] = page["nextCursor"]

    assert listed(OWNER) == own[::-1]
    assert listed(STRANGER) == [others]
    assert listed(ADMIN) == [others, *own[::-1]]
    assert listed(VIEWER) == []


def test_cursor_of_somebody_else_is_refused(api: PromptApi) -> None:
    api.made()
    api.made()
    cursor = api.call(OWNER, "GET", "/api/projects", query={"limit": "1"}).json["nextCursor"]

    assert api.call(STRANGER, "GET", "/api/projects", query={"cursor": cursor}).status == 400


def test_owner_changes_what_they_have_seen_and_the_rest_stays(api: PromptApi) -> None:
    project = api.made(settings=SETTINGS, description="D")

    changed = api.call(OWNER, "PUT", project, {"version": 1, "name": "News", "status": "INACTIVE"})

    assert changed.status == 200
    assert (changed.json["name"], changed.json["status"], changed.json["version"]) == ("News", "INACTIVE", 2)
    assert (changed.json["description"], changed.json["settings"]) == ("D", SETTINGS)
    assert api.call(OWNER, "GET", project).json == changed.json

    emptied = api.call(OWNER, "PUT", project, {"version": 2, "description": "", "settings": {"topP": 0.25}})
    assert emptied.json["description"] == ""
    assert emptied.json["settings"] == SETTINGS | {"topP": 0.25}


def test_settings_return_to_the_defaults_one_by_one(api: PromptApi) -> None:
    project = api.made(settings=SETTINGS)

    changed = api.call(OWNER, "PUT", project, {"version": 1, "settings": {"tokensPerDay": None, "temperature": 0}})

    assert changed.json["settings"] == SETTINGS | {"tokensPerDay": None, "temperature": 0}
    again = api.call(OWNER, "PUT", project, {"version": 2, "settings": changed.json["settings"]})
    assert again.json["settings"] == changed.json["settings"]


def test_stale_version_is_a_conflict_and_changes_nothing(api: PromptApi) -> None:
    project = api.made()
    api.call(OWNER, "PUT", project, {"version": 1, "name": "First"})

    answer = api.call(OWNER, "PUT", project, {"version": 1, "name": "Second"})

    assert answer.status == 409
    assert "read it again" in answer.json["detail"]
    assert api.call(OWNER, "GET", project).json["name"] == "First"


def test_new_member_does_not_make_a_seen_version_stale(api: PromptApi) -> None:
    project = api.made()
    api.joined(project, EDITOR, "editor")

    assert api.call(OWNER, "PUT", project, {"version": 1, "name": "News"}).status == 200
    assert api.call(EDITOR, "GET", project).json["name"] == "News"


@pytest.mark.parametrize(("caller", "status"), [(VIEWER, 403), (EDITOR, 403), (STRANGER, 404), (ADMIN, 204)])
def test_only_owners_and_admins_change_and_remove(api: PromptApi, caller: Caller, status: int) -> None:
    project = api.made()
    api.joined(project, VIEWER, "viewer")
    api.joined(project, EDITOR, "editor")

    changed = api.call(caller, "PUT", project, {"version": 1, "name": "Theirs"})
    assert changed.status == (200 if status == 204 else status)
    assert api.call(caller, "DELETE", project).status == status


def test_removed_project_is_gone_at_once_and_due_to_be_erased(api: PromptApi) -> None:
    project = api.made()
    prompt = api.written(project)

    assert api.call(OWNER, "DELETE", project).status == 204

    assert api.call(OWNER, "GET", project).status == 404
    assert api.call(OWNER, "GET", prompt).status == 404
    assert api.call(OWNER, "DELETE", project).status == 404
    assert [removed.project_id for removed in api.projects.removed.all()] == [project.rpartition("/")[2]]


def test_prompts_of_a_removed_project_are_erased_with_what_was_left_of_earlier_ones(
    api: PromptApi, monkeypatch: pytest.MonkeyPatch
) -> None:
    project, other = api.made(), api.made()
    prompts = [api.written(project) for _ in range(3)]
    stays = api.written(other)
    with monkeypatch.context() as patched:
        patched.setattr(api.prompts, "clear", lambda *_: None)
        patched.setattr(api.texts, "clear", lambda *_: None)
        assert api.call(OWNER, "DELETE", prompts[0]).status == 204
    assert api.call(OWNER, "DELETE", project).status == 204
    erasing, project_id = PromptErasing(api.prompts, api.texts), project.rpartition("/")[2]

    assert not erasing.erase_project(project_id, NOW, Deadline(0))
    for _ in range(2):
        assert erasing.erase_project(project_id, NOW, Deadline(60))

    assert all(api.prompts.version(prompt.rpartition("/")[2], 1) is None for prompt in prompts)
    assert api.prompts.deck(project_id).prompts == ()
    assert [text.project_id for text in api.texts.kept()] == [other.rpartition("/")[2]]
    assert api.read(stays)["content"] == "Write."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": "two\nlines"}, "name"),
        ({"name": None}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"description": "\u0007"}, "description"),
        ({"status": "active"}, "status"),
        ({"settings": {"maxTokens": 4097}}, "settings.maxTokens"),
        ({"settings": {"maxTokens": 0}}, "settings.maxTokens"),
        ({"settings": {"maxTokens": 1.5}}, "settings.maxTokens"),
        ({"settings": {"temperature": 1.01}}, "settings.temperature"),
        ({"settings": {"temperature": "0.3"}}, "settings.temperature"),
        ({"settings": {"topP": -0.1}}, "settings.topP"),
        ({"settings": {"tokensPerDay": 0}}, "settings.tokensPerDay"),
        ({"settings": {"tokensPerUserPerDay": True}}, "settings.tokensPerUserPerDay"),
        ({"settings": {"model": "another"}}, "settings.model"),
        ({"members": []}, "members"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(api: PromptApi, change: dict[str, object], field: str) -> None:
    made = api.call(OWNER, "POST", "/api/projects", {"name": "Letters"} | change)
    changed = api.call(OWNER, "PUT", api.made(), {"version": 1} | change)

    assert (made.status, made.fields) == (422, [field])
    assert (changed.status, changed.fields) == (422, [field])
