"""/api/projects/{projectId}/members: who works on a project."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from personalization.prompts.domain.members import Role
from shared.auth.callers import Caller
from tests.personalization.prompts.examples import ADMIN, EDITOR, OWNER, STRANGER, VIEWER
from tests.personalization.prompts.prompt_api import PromptApi


def roles(api: PromptApi, project: str) -> dict[str, str]:
    answer = api.call(OWNER, "GET", f"{project}/members")
    return {item["userId"]: item["role"] for item in answer.json["items"]}


def test_members_see_each_other(api: PromptApi, project: str) -> None:
    answer = api.call(VIEWER, "GET", f"{project}/members", query={"limit": "2"})

    assert answer.status == 200
    assert [item["userId"] for item in answer.json["items"]] == ["olga", "edda"]
    edda = answer.json["items"][1]
    assert edda.pop("addedAt")
    assert edda == {
        "userId": "edda",
        "name": "Edda",
        "email": "edda@example.org",
        "role": "editor",
        "addedBy": "olga",
    }
    rest = api.call(VIEWER, "GET", f"{project}/members", query={"cursor": answer.json["nextCursor"]})
    assert [item["userId"] for item in rest.json["items"]] == ["vera"]
    assert rest.json["nextCursor"] is None
    assert api.call(STRANGER, "GET", f"{project}/members").status == 404


def test_owner_adds_a_member_once(api: PromptApi, project: str) -> None:
    added = {"userId": "nina", "role": "viewer"}

    first = api.call(OWNER, "POST", f"{project}/members", added, key="k")

    assert (first.status, first.json["userId"], first.json["addedBy"]) == (201, "nina", "olga")
    assert api.call(OWNER, "POST", f"{project}/members", added, key="k").json == first.json
    assert api.call(OWNER, "POST", f"{project}/members", added).status == 409
    assert api.call(Caller("nina"), "GET", project).status == 200


PEOPLE = st.sampled_from(["olga", "edda", "vera", "nobody"])
CHANGES = st.tuples(st.sampled_from(["POST", "PUT", "DELETE"]), PEOPLE, PEOPLE, st.sampled_from(["owner", "viewer"]))


@given(st.lists(CHANGES, max_size=12))
@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_members_do_an_owner_remains_who_exists(api: PromptApi, changes: list[tuple[str, ...]]) -> None:
    project = api.made()
    for method, caller, member, role in changes:
        path = f"{project}/members" if method == "POST" else f"{project}/members/{member}"
        body = {"userId": member, "role": role} if method == "POST" else {"role": role} if method == "PUT" else None
        assert api.call(Caller(caller), method, path, body).status < 500

    assert any(member.role is Role.OWNER and member.user_id != "nobody" for member in api.project(project).members)


@pytest.mark.parametrize("role", ["owner", "viewer"])
def test_nobody_is_made_a_member_whom_nobody_knows(api: PromptApi, project: str, role: str) -> None:
    answer = api.call(OWNER, "POST", f"{project}/members", {"userId": "nobody", "role": role})

    assert (answer.status, answer.fields) == (422, ["userId"])
    assert api.call(OWNER, "DELETE", f"{project}/members/olga").status == 409, "Olga is the only owner still"
    for caller, status in ((VIEWER, 403), (STRANGER, 404)):
        refused = api.call(caller, "POST", f"{project}/members", {"userId": "nobody", "role": role})
        assert refused.status == status, "who exists is no business of theirs"


def test_member_who_is_gone_becomes_no_owner(api: PromptApi, project: str) -> None:
    stored = api.project(project)
    gone = replace(stored.members[-1], user_id="nobody")
    api.projects.by_id[stored.project_id] = replace(stored, members=(*stored.members, gone))

    assert api.call(OWNER, "GET", f"{project}/members").json["items"][-1]["name"] is None
    assert api.call(OWNER, "PUT", f"{project}/members/nobody", {"role": "owner"}).status == 422
    assert api.call(OWNER, "PUT", f"{project}/members/nobody", {"role": "viewer"}).json["email"] is None
    assert api.call(OWNER, "DELETE", f"{project}/members/nobody").status == 204


@pytest.mark.parametrize(("caller", "status"), [(VIEWER, 403), (EDITOR, 403), (STRANGER, 404), (ADMIN, 201)])
def test_only_owners_and_admins_add_members(api: PromptApi, project: str, caller: Caller, status: int) -> None:
    answer = api.call(caller, "POST", f"{project}/members", {"userId": "nina", "role": "owner"})

    assert answer.status == status
    assert ("nina" in roles(api, project)) is (status == 201)


def test_changed_role_counts_at_once(api: PromptApi, project: str) -> None:
    answer = api.call(OWNER, "PUT", f"{project}/members/vera", {"role": "editor"})

    assert (answer.status, answer.json["role"]) == (200, "editor")
    api.written(project, caller=VIEWER)
    assert api.call(EDITOR, "PUT", f"{project}/members/vera", {"role": "viewer"}).status == 403
    assert api.call(OWNER, "PUT", f"{project}/members/nobody", {"role": "viewer"}).status == 404


def test_removed_member_finds_nothing_there(api: PromptApi, project: str) -> None:
    assert api.call(OWNER, "DELETE", f"{project}/members/vera").status == 204

    assert api.call(VIEWER, "GET", project).status == 404
    assert api.call(OWNER, "DELETE", f"{project}/members/vera").status == 404


def test_everybody_may_leave_and_remove_nobody_else(api: PromptApi, project: str) -> None:
    assert api.call(VIEWER, "DELETE", f"{project}/members/edda").status == 403
    assert api.call(VIEWER, "DELETE", f"{project}/members/vera").status == 204
    assert api.call(STRANGER, "DELETE", f"{project}/members/sam").status == 404
    assert roles(api, project) == {"olga": "owner", "edda": "editor"}


@pytest.mark.parametrize("caller", [OWNER, ADMIN], ids=lambda caller: caller.user_id)
def test_last_owner_cannot_leave_or_step_down(api: PromptApi, project: str, caller: Caller) -> None:
    assert api.call(caller, "DELETE", f"{project}/members/olga").status == 409
    assert api.call(caller, "PUT", f"{project}/members/olga", {"role": "viewer"}).status == 409

    api.call(OWNER, "PUT", f"{project}/members/edda", {"role": "owner"})
    assert api.call(caller, "DELETE", f"{project}/members/olga").status == 204
    assert api.call(EDITOR, "GET", project).json["owner"] == "edda"


def test_two_owners_who_leave_at_once_do_not_both_get_away(api: PromptApi, project: str) -> None:
    api.call(OWNER, "PUT", f"{project}/members/edda", {"role": "owner"})

    with ThreadPoolExecutor(2) as pool:
        leaving = [
            pool.submit(api.call, caller, "DELETE", f"{project}/members/{caller.user_id}") for caller in (OWNER, EDITOR)
        ]

    assert sorted(answer.result().status for answer in leaving) == [204, 409]


def test_fifty_members_are_as_many_as_can_be(api: PromptApi, project: str) -> None:
    for number in range(47):
        api.joined(project, Caller(f"user-{number}"), "viewer")

    answer = api.call(OWNER, "POST", f"{project}/members", {"userId": "one-more", "role": "viewer"})

    assert (answer.status, answer.fields) == (422, ["userId"])
    assert len(roles(api, project)) == 20  # of the first page


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"userId": "a b", "role": "viewer"}, "userId"),
        ({"userId": "nina", "role": "boss"}, "role"),
        ({"userId": "n"}, "role"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    api: PromptApi, project: str, body: dict[str, object], field: str
) -> None:
    answer = api.call(OWNER, "POST", f"{project}/members", body)

    assert (answer.status, answer.fields) == (422, [field])
