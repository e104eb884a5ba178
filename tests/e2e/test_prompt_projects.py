"""Prompt projects: the team, its prompts, what runs use, and what others may not do."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from local.sample_data.project import PROJECT_ID
from tests.e2e.clients import Api, Platform, User, is_problem

pytestmark = pytest.mark.platform

type Caller = Callable[..., Api]


def posted(api: Api, path: str, body: object, status: int = 201, key: str | None = None) -> Any:
    answer = api("POST", path, json=body, headers={"Idempotency-Key": key} if key else {})
    assert answer.status_code == status, answer.text
    return answer.json()


def put(api: Api, path: str, body: object, status: int = 200) -> Any:
    answer = api("PUT", path, json=body)
    assert answer.status_code == status, answer.text
    return answer.json()


def got(api: Api, path: str, **query: str) -> Any:
    answer = api.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.fixture
def owner(personalization: Caller, staff: User) -> Api:
    return personalization(staff)


@pytest.fixture
def admin(personalization: Caller, platform: Platform) -> Api:
    return personalization(platform.sample_user("admin"))


@pytest.fixture
def stranger(personalization: Caller, platform: Platform) -> Api:
    return personalization(platform.sample_user("finance"))


@pytest.fixture
def project(owner: Api) -> str:
    made = posted(owner, "/api/projects", {"name": "Letters", "settings": {"temperature": 0.2, "tokensPerDay": 90_000}})
    return f"/api/projects/{made['projectId']}"


def test_team_works_on_a_project_and_nobody_else_sees_it(
    owner: Api, admin: Api, stranger: Api, personalization: Caller, supporter: User, project: str
) -> None:
    viewer = personalization(supporter)
    is_problem(viewer.get(project), 404)
    is_problem(viewer("POST", "/api/projects", json={"name": "Mine"}), 403)

    member = {"userId": supporter.user_id, "role": "viewer"}
    added = posted(owner, f"{project}/members", member, key=project)
    assert posted(owner, f"{project}/members", member, key=project) == added
    assert (added["name"], added["email"]) == ("Rosa Martínez", supporter.email)
    nobody = owner("POST", f"{project}/members", json={"userId": "nobody", "role": "owner"})
    assert [error["field"] for error in is_problem(nobody, 422)["errors"]] == ["userId"]
    prompt = posted(owner, f"{project}/prompts", {"title": "Tone", "content": "Warm.", "tags": ["style"]})
    path = f"{project}/prompts/{prompt['promptId']}"

    assert got(viewer, project)["role"] == "viewer"
    assert got(viewer, project)["settings"]["temperature"] == 0.2
    assert project.rpartition("/")[2] in {item["projectId"] for item in got(viewer, "/api/projects")["items"]}
    assert got(viewer, path)["content"] == "Warm."
    for method, where, body in (
        ("PUT", path, {"version": 1, "content": "Cold."}),
        ("DELETE", path, None),
        ("POST", f"{project}/prompts", {"title": "T", "content": "C"}),
        ("PUT", f"{project}/prompts/order", {"promptIds": [prompt["promptId"]]}),
        ("POST", f"{path}/labels", {"label": "production", "version": 1}),
        ("PUT", project, {"version": 1, "name": "Mine"}),
        ("DELETE", project, None),
        ("POST", f"{project}/members", member),
    ):
        is_problem(viewer(method, where, json=body), 403)
        is_problem(stranger(method, where, json=body), 404)
    for where in (project, f"{project}/members", f"{project}/prompts", path, f"{path}/versions", f"{path}/labels"):
        is_problem(stranger.get(where), 404)
        assert admin.get(where).status_code == 200

    assert owner("DELETE", f"{project}/members/{supporter.user_id}").status_code == 204
    is_problem(viewer.get(path), 404)
    me = got(owner, f"{project}/members")["items"][0]["userId"]
    is_problem(owner("DELETE", f"{project}/members/{me}"), 409)


def test_next_run_sees_the_card_that_was_just_written(owner: Api, project: str) -> None:
    article = {"article": "An article.", "sessionId": project.rpartition("/")[2]}
    is_problem(owner("POST", f"{project}/runs", json=article), 409)

    prompt = posted(owner, f"{project}/prompts", {"title": "Tone", "content": "Be kind."})
    posted(owner, f"{project}/runs", article, 202)

    put(owner, f"{project}/prompts/{prompt['promptId']}", {"version": 1, "isActive": False})
    is_problem(owner("POST", f"{project}/runs", json=article), 409)


def test_prompt_is_written_compared_promoted_rolled_back_and_removed(owner: Api, project: str) -> None:
    first = posted(owner, f"{project}/prompts", {"title": "Tone", "content": "Be kind.\nBe brief."})
    path = f"{project}/prompts/{first['promptId']}"

    second = put(owner, path, {"version": first["version"], "content": "Be kind.\nBe very brief. 👟"})
    is_problem(owner("PUT", path, json={"version": first["version"], "content": "Too late."}), 409)

    read = got(owner, path)
    assert (read["content"], read["version"], read["latestVersion"]) == ("Be kind.\nBe brief.", 1, 2)
    stale = {"version": read["version"], "content": read["content"] + " Please."}
    assert "?label=latest" in is_problem(owner("PUT", path, json=stale), 409)["detail"]
    assert got(owner, path, version="2")["content"] == second["content"]
    diff = got(owner, f"{path}/diff", **{"from": "1", "to": "2"})["diff"]
    assert diff.split("\n")[-3:] == [" Be kind.", "-Be brief.", "+Be very brief. 👟"]

    posted(owner, f"{path}/labels", {"label": "production", "version": 2, "reason": "clearer"}, 200)
    assert got(owner, path)["version"] == 2
    posted(owner, f"{path}/labels", {"label": "production", "version": 1, "reason": "too brief"}, 200)
    assert got(owner, path)["version"] == 1
    moves = got(owner, f"{path}/labels")["items"]
    assert [(move["fromVersion"], move["toVersion"]) for move in moves] == [(2, 1), (1, 2), (None, 1)]
    assert [item["version"] for item in got(owner, f"{path}/versions")["items"]] == [2, 1]

    assert owner("DELETE", path).status_code == 204
    is_problem(owner.get(path), 404)
    is_problem(owner.get(f"{path}/versions"), 404)


def test_label_is_removed_and_production_stays(owner: Api, project: str) -> None:
    made = posted(owner, f"{project}/prompts", {"title": "Tone", "content": "Be kind."})
    labels = f"{project}/prompts/{made['promptId']}/labels"
    posted(owner, labels, {"label": "staging", "version": 1}, 200)

    assert owner("DELETE", f"{labels}/staging").status_code == 204

    is_problem(owner("DELETE", f"{labels}/staging"), 404)
    assert "move it to another version" in is_problem(owner("DELETE", f"{labels}/production"), 409)["detail"]
    answer = got(owner, labels)
    assert answer["labels"] == {"production": 1}
    assert [(each["label"], each["toVersion"]) for each in answer["items"]] == [
        ("staging", None),
        ("staging", 1),
        ("production", 1),
    ]


def test_text_lies_in_the_bucket_version_by_version_and_goes_with_the_prompt(
    owner: Api, platform: Platform, project: str
) -> None:
    made = posted(owner, f"{project}/prompts", {"title": "Tone", "content": "One."})
    put(owner, f"{project}/prompts/{made['promptId']}", {"version": 1, "content": "Two."})
    s3, bucket = platform.aws("s3"), platform.stack["PersonalizationPromptTexts"]
    key = f"{made['projectId']}/{made['promptId']}.txt"

    def kept() -> list[str]:
        versions = s3.list_object_versions(Bucket=bucket, Prefix=key).get("Versions", [])
        read = [s3.get_object(Bucket=bucket, Key=key, VersionId=each["VersionId"]) for each in versions]
        return sorted(each["Body"].read().decode() for each in read)

    assert kept() == ["One.", "Two."]
    owner("DELETE", f"{project}/prompts/{made['promptId']}")
    assert kept() == []


def test_includes_and_variables_are_checked_when_saved(owner: Api, project: str) -> None:
    style = posted(owner, f"{project}/prompts", {"title": "Style", "content": "{{tone}}", "variables": ["tone"]})
    include = f"{{{{> {style['promptId']}}}}}"
    letter = posted(owner, f"{project}/prompts", {"title": "Letter", "content": f"Write. {include}"})
    elsewhere = posted(owner, "/api/projects", {"name": "Other"})["projectId"]

    circle = {"version": 1, "content": f"{{{{> {letter['promptId']}}}}}"}
    refused = is_problem(owner("PUT", f"{project}/prompts/{style['promptId']}", json=circle), 422)
    assert "Style → Letter → Style" in refused["detail"]
    foreign = owner("POST", f"/api/projects/{elsewhere}/prompts", json={"title": "T", "content": include})
    assert "not in this project" in is_problem(foreign, 422)["detail"]
    undeclared = owner("POST", f"{project}/prompts", json={"title": "T", "content": "{{audience}}"})
    assert "audience" in json.dumps(is_problem(undeclared, 422)["errors"])
    is_problem(owner("DELETE", f"{project}/prompts/{style['promptId']}"), 409)


def test_project_holds_a_hundred_prompts_that_are_ordered_in_one_call(owner: Api, project: str) -> None:
    body = {"title": "T", "content": "C"}
    with ThreadPoolExecutor(4) as pool:
        ids = list(pool.map(lambda _: posted(owner, f"{project}/prompts", body)["promptId"], range(100)))

    assert "100 prompts" in is_problem(owner("POST", f"{project}/prompts", json=body), 422)["detail"]
    put(owner, f"{project}/prompts/order", {"promptIds": ids[::-1]})
    is_problem(owner("PUT", f"{project}/prompts/order", json={"promptIds": ids[1:]}), 422)

    listed: list[Any] = []
    query = {"limit": "40"}
    while True:
        page = got(owner, f"{project}/prompts", **query)
        listed += page["items"]
        if page["nextCursor"] is None:
            break
        query["cursor"] = page["nextCursor"]
    assert [item["promptId"] for item in listed] == ids[::-1]
    assert [item["stepOrder"] for item in listed] == list(range(1, 101))


def test_settings_and_status_change_under_the_version_that_was_seen(owner: Api, project: str) -> None:
    changed = put(owner, project, {"version": 1, "status": "INACTIVE", "settings": {"maxTokens": 100}})

    assert (changed["version"], changed["status"], changed["settings"]["maxTokens"]) == (2, "INACTIVE", 100)
    is_problem(owner("PUT", project, json={"version": 1, "name": "Late"}), 409)
    assert owner("DELETE", project).status_code == 204
    is_problem(owner.get(project), 404)
    is_problem(owner.get(f"{project}/prompts"), 404)


@pytest.mark.parametrize(
    ("path", "body"),
    [
        ("/api/projects", {"name": 1}),
        ("/api/projects/x/prompts", {"title": "T"}),
        ("/api/projects/x/prompts", {"title": "T", "content": "C", "tags": "a"}),
    ],
)
def test_gateway_refuses_bodies_of_wrong_types_and_without_members(owner: Api, path: str, body: object) -> None:
    is_problem(owner("POST", path, json=body), 400)


@pytest.mark.parametrize(
    ("path", "body", "field"),
    [
        ("/api/projects", {"name": "x", "settings": {"maxTokens": 9999}}, "settings.maxTokens"),
        ("/api/projects/x/prompts", {"title": "T", "content": "C", "tags": ["a"] * 21}, "tags"),
        ("/api/projects/x/members", {"userId": "u", "role": "boss"}, "role"),
        ("/api/projects/x/prompts/y/labels", {"label": "PRODUCTION", "version": 1}, "label"),
    ],
)
def test_function_names_the_field_that_is_not_valid(owner: Api, path: str, body: object, field: str) -> None:
    problem = is_problem(owner("POST", path, json=body), 422)

    assert [error["field"] for error in problem["errors"]] == [field]


def test_content_that_is_too_long_is_refused_with_the_limit(owner: Api, project: str) -> None:
    answer = owner("POST", f"{project}/prompts", json={"title": "T", "content": "x" * 20_001})

    assert "at most 20,000" in json.dumps(is_problem(answer, 422)["errors"])


def test_bucket_keeps_versions_and_lets_nobody_in_without_encryption(platform: Platform) -> None:
    s3, bucket = platform.aws("s3"), platform.stack["PersonalizationPromptTexts"]

    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    assert all(s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"].values())
    assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=bucket)["Policy"]


def test_sweep_runs_and_leaves_what_is_used(owner: Api, platform: Platform, project: str) -> None:
    made = posted(owner, f"{project}/prompts", {"title": "T", "content": "C"})
    functions = platform.aws("lambda")
    pages = functions.get_paginator("list_functions").paginate()
    names = {each["Handler"]: each["FunctionName"] for page in pages for each in page["Functions"]}

    answer = functions.invoke(
        FunctionName=names["personalization.prompts.handlers.sweep_prompts.handler"], Payload=b"{}"
    )

    swept = json.loads(answer["Payload"].read())
    assert (swept["textsRemoved"], swept["isComplete"]) == (0, True), swept
    assert got(owner, f"{project}/prompts/{made['promptId']}")["content"] == "C"


def test_sample_project_shows_what_prompts_can(admin: Api) -> None:
    prompts = got(admin, f"/api/projects/{PROJECT_ID}/prompts")["items"]

    assert [prompt["title"] for prompt in prompts] == ["House style", "Letter"]
