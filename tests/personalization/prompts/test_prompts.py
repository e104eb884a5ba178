"""/api/projects/{projectId}/prompts: writing and reading prompts."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from personalization.prompts.domain.prompts import Prompt
from shared.auth.callers import Caller
from shared.errors import Unavailable
from shared.resilience.deadline import Deadline
from tests.personalization.prompts.examples import ADMIN, EDITOR, OWNER, STRANGER, VIEWER
from tests.personalization.prompts.prompt_api import PromptApi, id_of, steps


def test_first_save_becomes_production(api: PromptApi, project: str) -> None:
    body = {"title": "Tone", "content": "For {{audience}}.", "tags": ["style"], "variables": ["audience"]}

    answer = api.call(EDITOR, "POST", f"{project}/prompts", body)

    assert answer.status == 201
    assert answer.json.pop("createdAt") == answer.json.pop("updatedAt")
    made = answer.json
    assert made == body | {
        "projectId": id_of(project),
        "promptId": made["promptId"],
        "isActive": True,
        "stepOrder": 1,
        "version": 1,
        "latestVersion": 1,
        "labels": {"production": 1},
    }
    read = api.read(f"{project}/prompts/{made['promptId']}", VIEWER)
    assert {name: read[name] for name in made} == made


def test_every_save_is_another_version_and_production_stays(api: PromptApi, project: str) -> None:
    prompt = api.written(project, "One.", tags=["a"])

    saved = api.saved(prompt, 1, content="Two.", title="Later")
    api.saved(prompt, 2, content="Three.", isActive=False, tags=["b"])

    assert (saved["version"], saved["latestVersion"], saved["content"]) == (2, 2, "Two.")
    read = api.read(prompt)
    assert (read["content"], read["version"], read["latestVersion"]) == ("One.", 1, 3)
    assert (read["title"], read["tags"], read["isActive"]) == ("Tone", ["b"], False)
    assert api.read(prompt, version="2")["content"] == "Two."
    assert api.read(prompt, label="latest")["content"] == "Three."
    assert api.read(prompt, label="production")["content"] == "One."
    both = api.call(VIEWER, "GET", prompt, query={"version": "2", "label": "latest"})
    assert (both.status, both.fields) == (400, ["label"])


@pytest.mark.parametrize("query", [{}, {"label": "production"}, {"version": "1"}])
def test_saving_what_was_read_never_overwrites_a_later_save(
    api: PromptApi, project: str, query: dict[str, str]
) -> None:
    prompt = api.written(project, "One.")
    api.saved(prompt, 1, content="A colleague's.")
    read = api.call(OWNER, "GET", prompt, query=query).json

    answer = api.call(OWNER, "PUT", prompt, {"version": read["version"], "content": read["content"] + " And mine."})

    assert answer.status == 409
    assert "?label=latest" in answer.json["detail"]
    latest = api.read(prompt, label="latest")
    assert latest["content"] == "A colleague's."
    assert api.saved(prompt, latest["version"], content="Both.")["version"] == 3


def test_what_is_left_out_of_a_save_stays(api: PromptApi, project: str) -> None:
    prompt = api.written(project, "For {{audience}}.", variables=["audience"], tags=["a"])

    saved = api.saved(prompt, 1, title="Another")

    assert (saved["content"], saved["variables"], saved["tags"]) == ("For {{audience}}.", ["audience"], ["a"])
    assert len(api.texts.by_id) == 1  # the same text is kept once


def test_version_or_label_that_is_not_there_is_not_found(api: PromptApi, project: str) -> None:
    prompt = api.written(project)

    assert api.call(OWNER, "GET", prompt, query={"version": "2"}).status == 404
    assert api.call(OWNER, "GET", prompt, query={"label": "staging"}).status == 404
    assert api.call(OWNER, "GET", prompt, query={"version": "x"}).status == 400


@pytest.mark.parametrize("seen", [1, 3])
def test_stale_save_is_a_conflict_and_changes_nothing(api: PromptApi, project: str, seen: int) -> None:
    prompt = api.written(project)
    api.saved(prompt, 1, content="Two.")

    assert api.call(OWNER, "PUT", prompt, {"version": seen, "content": "Stale."}).status == 409
    assert api.read(prompt, label="latest")["content"] == "Two."


def test_of_two_saves_at_once_one_is_a_conflict(api: PromptApi, project: str) -> None:
    prompt = api.written(project)

    with ThreadPoolExecutor(2) as pool:
        saves = [pool.submit(api.call, OWNER, "PUT", prompt, {"version": 1, "content": text}) for text in "AB"]

    assert sorted(save.result().status for save in saves) == [200, 409]


def test_repeated_request_makes_one_prompt(api: PromptApi, project: str) -> None:
    body = {"title": "Tone", "content": "Write."}

    first, second = (api.call(OWNER, "POST", f"{project}/prompts", body, key="k") for _ in range(2))

    assert (first.status, second.status) == (201, 201)
    assert first.json == second.json
    assert len(steps(api, project)) == 1


@pytest.mark.parametrize(("caller", "status"), [(VIEWER, 403), (STRANGER, 404), (EDITOR, None), (ADMIN, None)])
def test_viewers_read_and_editors_write(api: PromptApi, project: str, caller: Caller, status: int | None) -> None:
    prompt = api.written(project)
    other = api.written(project)

    reads = [api.call(caller, "GET", prompt), api.call(caller, "GET", f"{project}/prompts")]
    writes = [
        api.call(caller, "POST", f"{project}/prompts", {"title": "T", "content": "C"}),
        api.call(caller, "PUT", prompt, {"version": 1, "content": "C"}),
        api.call(caller, "PUT", f"{project}/prompts/order", {"promptIds": []}),
        api.call(caller, "DELETE", other),
    ]

    assert {answer.status for answer in reads} == ({404} if status == 404 else {200})
    assert [answer.status for answer in writes] == ([status] * 4 if status else [201, 200, 422, 204])


def test_prompt_is_not_found_through_another_project(api: PromptApi, project: str) -> None:
    prompt = api.written(project)
    other = api.made(STRANGER)

    for method, body in (("GET", None), ("PUT", {"version": 1, "title": "Mine"}), ("DELETE", None)):
        assert api.call(STRANGER, method, f"{other}/prompts/{id_of(prompt)}", body).status == 404
    assert api.read(prompt)["title"] == "Tone"


def test_hundred_and_first_prompt_is_refused(api: PromptApi, project: str) -> None:
    for _ in range(100):
        api.written(project)

    refused = api.call(OWNER, "POST", f"{project}/prompts", {"title": "T", "content": "C"})

    assert refused.status == 422
    assert "at most 100 prompts" in refused.json["detail"]
    assert len(steps(api, project)) == 100


# --- Variables and includes


@pytest.mark.parametrize(
    ("content", "named"), [("{{a}} {{b}}", ["b"]), ("{{ c }}{{b}}{{a}}", ["b", "c"]), ("{{", ["two braces"])]
)
def test_undeclared_variable_is_refused_by_name(api: PromptApi, project: str, content: str, named: list[str]) -> None:
    prompt = api.written(project)
    body = {"title": "T", "content": content, "variables": ["a"]}

    for answer in (
        api.call(OWNER, "POST", f"{project}/prompts", body),
        api.call(OWNER, "PUT", prompt, body | {"version": 1}),
    ):
        assert answer.status == 422
        assert all(any(name in error["message"] for error in answer.json["errors"]) for name in named)
    assert api.call(OWNER, "PUT", prompt, {"version": 1, "variables": ["x"]}).status == 200
    assert len(steps(api, project)) == 1


def test_prompts_of_one_project_include_each_other_and_none_of_another(api: PromptApi, project: str) -> None:
    style = api.written(project, "Be brief.")
    foreign = api.written(api.made(), "Secret.")

    api.written(project, f"Write. {{{{> {id_of(style)}}}}}")

    for included in (id_of(foreign), "unknown"):
        body = {"title": "T", "content": f"{{{{> {included}}}}}"}
        answer = api.call(OWNER, "POST", f"{project}/prompts", body)
        assert (answer.status, answer.fields) == (422, ["content"])
        assert f"includes {included}, which is not in this project" in answer.json["detail"]


def test_circle_is_refused_with_its_path(api: PromptApi, project: str) -> None:
    first = api.written(project, title="First")
    second = api.written(project, f"{{{{> {id_of(first)}}}}}", title="Second")

    answer = api.call(OWNER, "PUT", first, {"version": 1, "content": f"{{{{> {id_of(second)}}}}}"})
    own = api.call(OWNER, "PUT", first, {"version": 1, "content": f"{{{{> {id_of(first)}}}}}"})

    assert (answer.status, own.status) == (422, 422)
    assert "First → Second → First" in answer.json["detail"]
    assert "First → First" in own.json["detail"]


def test_circle_of_versions_that_nobody_uses_yet_is_refused_too(api: PromptApi, project: str) -> None:
    first, second = api.written(project), api.written(project)
    api.saved(first, 1, content=f"{{{{> {id_of(second)}}}}}")

    assert api.call(OWNER, "PUT", second, {"version": 1, "content": f"{{{{> {id_of(first)}}}}}"}).status == 422


def test_sixth_level_of_includes_is_refused(api: PromptApi, project: str) -> None:
    prompt = api.written(project)
    for _ in range(5):
        prompt = api.written(project, f"{{{{> {id_of(prompt)}}}}}")

    answer = api.call(OWNER, "POST", f"{project}/prompts", {"title": "T", "content": f"{{{{> {id_of(prompt)}}}}}"})

    assert answer.status == 422
    assert "5 levels" in answer.json["detail"]


def test_prompt_that_others_include_stays(api: PromptApi, project: str) -> None:
    style = api.written(project, title="Style")
    letter = api.written(project, f"{{{{> {id_of(style)}}}}}", title="Letter")

    refused = api.call(OWNER, "DELETE", style)
    assert refused.status == 409
    assert "Letter" in refused.json["detail"]

    assert api.call(OWNER, "DELETE", letter).status == 204
    assert api.call(OWNER, "DELETE", style).status == 204


# --- Metadata and text


def test_removed_prompt_is_gone_with_its_texts(api: PromptApi, project: str) -> None:
    prompt, other = api.written(project), api.written(project, "Stays.")
    api.saved(prompt, 1, content="Two.")

    assert api.call(OWNER, "DELETE", prompt).status == 204

    assert api.call(OWNER, "GET", prompt).status == 404
    assert api.call(OWNER, "DELETE", prompt).status == 404
    assert [text.prompt_id for text in api.texts.kept()] == [id_of(other)]
    assert api.prompts.version(id_of(prompt), 1) is None


def test_crash_between_text_and_metadata_leaves_the_old_prompt_whole(
    api: PromptApi, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = api.written(project, "Old.")
    before = api.read(prompt)

    def crash(_: Prompt, **__: bool) -> None:  # noqa: ARG001
        raise Unavailable("The data store is busy; try again.")

    with monkeypatch.context() as patched:
        patched.setattr(api.prompts, "save", crash)
        assert api.call(OWNER, "PUT", prompt, {"version": 1, "content": "New."}).status == 503

    assert api.read(prompt) == before
    assert api.read(prompt, label="latest")["content"] == "Old."
    assert sorted(text for _, text in api.texts.by_id.values()) == ["New.", "Old."]

    api.sweeper.sweep(datetime.now(UTC) + timedelta(days=1, seconds=1), Deadline(60))
    assert [text for _, text in api.texts.by_id.values()] == ["Old."]
    assert api.saved(prompt, 1, content="Newer.")["version"] == 2


def test_text_that_cannot_be_kept_leaves_no_prompt(
    api: PromptApi, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def crash(*_: str) -> str:
        raise Unavailable("A service that we depend on is busy; try again.")

    monkeypatch.setattr(api.texts, "keep", crash)

    assert api.call(OWNER, "POST", f"{project}/prompts", {"title": "T", "content": "C"}).status == 503
    assert steps(api, project) == []


def test_crash_while_removing_leaves_nothing_that_is_seen(
    api: PromptApi, project: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    prompt = api.written(project)

    def crash(*_: str) -> None:
        raise Unavailable("A service that we depend on is busy; try again.")

    with monkeypatch.context() as patched:
        patched.setattr(api.prompts, "clear", crash)
        assert api.call(OWNER, "DELETE", prompt).status == 204

    assert api.call(OWNER, "GET", prompt).status == 404
    api.sweeper.sweep(datetime.now(UTC) + timedelta(days=1, seconds=1), Deadline(60))
    assert api.texts.by_id == {}
    assert api.prompts.version(id_of(prompt), 1) is None


# --- Bodies


def test_longest_content_fits_however_it_is_escaped(api: PromptApi, project: str) -> None:
    prompt = api.written(project, "👟" * 20_000)

    assert api.read(prompt)["content"] == "👟" * 20_000


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"title": ""}, "title"),
        ({"title": "x" * 201}, "title"),
        ({"title": "two\nlines"}, "title"),
        ({"content": ""}, "content"),
        ({"content": " \n"}, "content"),
        ({"content": "x" * 20_001}, "content"),
        ({"content": "\u0000"}, "content"),
        ({"tags": [str(n) for n in range(21)]}, "tags"),
        ({"tags": ["x" * 41]}, "tags[0]"),
        ({"tags": ["a", "a"]}, "tags"),
        ({"isActive": "yes"}, "isActive"),
        ({"stepOrder": -1}, "stepOrder"),
        ({"stepOrder": 1.5}, "stepOrder"),
        ({"variables": ["1st"]}, "variables[0]"),
        ({"variables": ["a", "a"]}, "variables"),
        ({"variables": [f"v{n}" for n in range(51)]}, "variables"),
        ({"promptId": "mine"}, "promptId"),
    ],
)
def test_what_does_not_fit_is_refused_by_field(
    api: PromptApi, project: str, change: dict[str, object], field: str
) -> None:
    body: dict[str, object] = {"title": "T", "content": "C"}

    made = api.call(OWNER, "POST", f"{project}/prompts", body | change)
    saved = api.call(OWNER, "PUT", api.written(project), {"version": 1} | change)

    assert (made.status, made.fields) == (422, [field])
    assert (saved.status, saved.fields) == (422, [field])
