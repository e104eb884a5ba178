"""What a project keeps of its use: lists of runs and evaluations, sessions, and how all of it goes."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from local.model.process import ModelControl
from tests.e2e.clients import Api, Platform, User, eventually, is_problem
from tests.e2e.live import Socket
from tests.e2e.projects import ARTICLE, Project, add_member

pytestmark = pytest.mark.platform

ERASE_PROJECTS = "personalization.project_erasure.handlers.erase_projects.handler"


def listed(api: Api, path: str, **query: str) -> list[dict[str, Any]]:
    """All items, page by page."""
    items: list[dict[str, Any]] = []
    while True:
        answer = api.get(path, params=query)
        assert answer.status_code == 200, answer.text
        items += answer.json()["items"]
        if answer.json()["nextCursor"] is None:
            return items
        query["cursor"] = answer.json()["nextCursor"]


def test_runs_are_listed_by_status_and_day(
    project: Project, model: ModelControl, personalization: Callable[..., Api], supporter: User
) -> None:
    add_member(project, supporter, "viewer")
    viewer, path = personalization(supporter), f"{project.path}/runs"
    ids = [str(project.run(session_id=f"s{number}").json()["runId"]) for number in range(3)]
    own = str(project.run(session_id="own", api=viewer).json()["runId"])
    for run_id in ids:
        project.ended(run_id)
    project.ended(own, viewer)
    model.behave(project.word, firstTokenDelaySeconds=30)
    stopped = str(project.run(session_id="s9").json()["runId"])
    eventually(lambda: [each["runId"] for each in listed(project.api, path, status="running")] == [stopped])
    assert project.api("POST", f"{path}/{stopped}/stop").status_code == 200
    newest_first = [stopped, own, *reversed(ids)]
    eventually(lambda: [each["runId"] for each in listed(project.api, path, status="stopped")] == [stopped])

    assert [each["runId"] for each in listed(project.api, path, limit="2")] == newest_first
    assert [each["runId"] for each in listed(project.api, path, status="done", limit="1")] == newest_first[1:]
    assert listed(project.api, path, status="running") == listed(project.api, path, status="failed") == []
    today = datetime.now(UTC).date()
    recent = {"from": f"{today - timedelta(days=1)}", "to": f"{today}"}
    assert [each["runId"] for each in listed(project.api, path, **recent)] == newest_first
    assert listed(project.api, path, to=f"{today - timedelta(days=2)}") == []
    done = listed(project.api, path, status="done")[1]
    assert (done["userId"], done["promptCardsUsed"]) == (
        project.api.get(f"{project.path}/members").json()["items"][0]["userId"],
        [f"{project.prompt_id}@1"],
    )
    assert done["cost"]["micros"] > 0
    assert not {"userInput", "assistantResponse"} & done.keys()

    assert [each["runId"] for each in listed(viewer, path)] == [own]
    is_problem(project.api.get(path, params={"status": "lost"}), 422)
    is_problem(project.api.get(path, params={"from": f"{today}", "to": f"{today - timedelta(days=1)}"}), 422)


def test_evaluations_are_listed_by_status(project: Project, model: ModelControl) -> None:
    path = f"{project.path}/evaluations"
    case = {"name": "A headline", "article": ARTICLE, "checks": [{"kind": "contains", "text": "Screening"}]}
    assert project.api("POST", f"{project.path}/cases", json=case).status_code == 201
    passed = project.evaluated()["evaluationId"]
    model.behave(project.word, answers=["Nothing of the kind."])
    failed = project.evaluated()["evaluationId"]

    assert [each["evaluationId"] for each in listed(project.api, path, limit="1")] == [failed, passed]
    eventually(lambda: [each["evaluationId"] for each in listed(project.api, path, status="failed")] == [failed])
    (item,) = listed(project.api, path, status="passed")
    assert (item["evaluationId"], item["caseCount"], item["passedCases"]) == (passed, 1, 1)
    assert item["versions"] == {project.prompt_id: 1}
    assert listed(project.api, path, status="running") == []
    today = datetime.now(UTC).date()
    assert listed(project.api, path, to=f"{today - timedelta(days=2)}") == []


def test_a_session_is_renamed_and_deleted_by_its_user_only(
    project: Project, model: ModelControl, personalization: Callable[..., Api], supporter: User, admin: User
) -> None:
    add_member(project, supporter, "editor")
    run_id = project.run().json()["runId"]
    project.ended(run_id)
    sessions = f"{project.path}/sessions"
    path = f"{sessions}/{project.session('s1')}"
    assert project.api.get(sessions).json()["items"][0]["title"].startswith("Screening saves lives A new study")
    for other in (personalization(supporter), personalization(admin)):
        is_problem(other("PATCH", path, json={"title": "Mine"}), 404)
        is_problem(other("DELETE", path), 404)

    renamed = project.api("PATCH", path, json={"title": "Bowel screening"})
    assert (renamed.status_code, renamed.json()["title"]) == (200, "Bowel screening")
    is_problem(project.api("PATCH", path, json={"title": "two\nlines"}), 422)
    model.behave(project.word, answers=["word " * 400], tokensPerSecond=20)
    with Socket(project.api) as live:
        message = {"projectId": project.path.rpartition("/")[2], "sessionId": project.session("s1"), "article": "More."}
        live.send("message", **message)
        going_on = live.until("delta")[-1]["runId"]
        assert project.api.get(sessions).json()["items"][0]["title"] == "Bowel screening"

        deleted = project.api("DELETE", path)

        assert deleted.status_code == 204, deleted.text
        assert live.until("stopped", "done", "error")[-1]["type"] == "stopped"
    is_problem(project.api("DELETE", path), 404)
    is_problem(project.api.get(f"{path}/messages"), 404)
    for each in (run_id, going_on):
        is_problem(project.api.get(f"{project.path}/runs/{each}"), 404)
    assert project.api.get(f"{project.path}/budget").json()["user"]["reserved"] == 0
    eventually(lambda: listed(project.api, f"{project.path}/runs") == [])
    eventually(lambda: project.api.get(sessions).json()["items"] == [])


def test_a_deleted_project_leaves_nothing(project: Project, model: ModelControl, platform: Platform) -> None:
    project_id = project.path.rpartition("/")[2]
    long = (ARTICLE * 1000)[:200_000]
    run_ids = [str(project.run(long).json()["runId"]), str(project.run(session_id="s2").json()["runId"])]
    for run_id in run_ids:
        project.ended(run_id)
    case = {"name": "A headline", "article": ARTICLE, "checks": [{"kind": "contains", "text": "Screening"}]}
    assert project.api("POST", f"{project.path}/cases", json=case).status_code == 201
    project.evaluated()
    project.save(f"Write a haiku. {project.word}")
    model.behave(project.word, answers=["word " * 400], tokensPerSecond=10)
    run_ids.append(str(project.run(session_id="s3").json()["runId"]))
    ids = [project_id, project.prompt_id, *run_ids, project.session("s1"), project.session("s2"), project.session("s3")]
    assert kept(platform, ids)

    assert project.api("DELETE", project.path).status_code == 204

    is_problem(project.api.get(project.path), 404)
    is_problem(project.api.get(f"{project.path}/runs"), 404)
    assert project_id not in {each["projectId"] for each in listed(project.api, "/api/projects")}

    def is_erased() -> bool:
        platform.invoke(ERASE_PROJECTS)  # the schedule's every minute
        return kept(platform, ids) == []

    eventually(is_erased, patience_seconds=60)


def kept(platform: Platform, ids: list[str]) -> list[str]:
    """All that the tables and buckets of personalization have under these ids, but for counts and first answers."""
    s3, found = platform.aws("s3"), list[str]()
    for name in platform.tables:
        if "Personalization" in name and not any(each in name for each in ("Budgets", "Idempotency", "Figures")):
            items = platform.aws("dynamodb").get_paginator("scan").paginate(TableName=name)
            rows = (item for page in items for item in page["Items"])
            found += [
                f"{name} {row}"
                for row in rows
                if any(each in str(row) for each in ids) and row.get("memberId") != {"S": "-"}
            ]
    for bucket in s3.list_buckets()["Buckets"]:
        versions = s3.list_object_versions(Bucket=bucket["Name"], Prefix=f"{ids[0]}/").get("Versions", [])
        found += [f"{bucket['Name']} {version['Key']}" for version in versions]
    return found
