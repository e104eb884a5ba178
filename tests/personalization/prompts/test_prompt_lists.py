"""/api/projects/{projectId}/prompts and …/order: listing and ordering prompts."""

from tests.personalization.prompts.examples import EDITOR, OWNER, VIEWER
from tests.personalization.prompts.prompt_api import PromptApi, id_of, steps


def test_prompts_are_filtered_by_tag_and_read_page_by_page(api: PromptApi, project: str) -> None:
    for number in range(5):
        api.written(project, title=f"P{number}", tags=["odd" if number % 2 else "even", "all"])

    assert steps(api, project, tag="odd") == [("P1", 2), ("P3", 4)]
    api.written(project, title="Re\u0301sume\u0301 ", tags=["re\u0301tro "])
    for tag in ("r\u00e9tro", " re\u0301tro"):
        assert steps(api, project, tag=tag) == [("R\u00e9sum\u00e9", 6)]
    assert steps(api, project, tag="none") == []
    page = api.call(VIEWER, "GET", f"{project}/prompts", query={"limit": "2", "tag": "even"}).json
    assert [item["title"] for item in page["items"]] == ["P0", "P2"]
    rest = api.call(VIEWER, "GET", f"{project}/prompts", query={"cursor": page["nextCursor"], "tag": "even"}).json
    assert [item["title"] for item in rest["items"]] == ["P4"]
    assert rest["nextCursor"] is None
    other_list = api.call(VIEWER, "GET", f"{project}/prompts", query={"cursor": page["nextCursor"]})
    assert other_list.status == 400


def test_steps_of_the_clients_own_choice_are_kept(api: PromptApi, project: str) -> None:
    for title, step in (("C", 30), ("A", 10), ("B", 20)):
        api.written(project, title=title, stepOrder=step)
    last = api.written(project, title="D")

    assert steps(api, project) == [("A", 10), ("B", 20), ("C", 30), ("D", 31)]

    assert api.saved(last, 1, stepOrder=5)["stepOrder"] == 5
    assert steps(api, project)[0] == ("D", 5)


def test_prompts_are_reordered_in_one_call(api: PromptApi, project: str) -> None:
    ids = [id_of(api.written(project, title=title)) for title in "ABC"]

    answer = api.call(EDITOR, "PUT", f"{project}/prompts/order", {"promptIds": ids[::-1]})

    assert answer.status == 200
    assert [(item["title"], item["stepOrder"]) for item in answer.json["items"]] == [("C", 1), ("B", 2), ("A", 3)]
    assert steps(api, project) == [("C", 1), ("B", 2), ("A", 3)]


def test_project_without_prompts_has_nothing_to_order(api: PromptApi, project: str) -> None:
    answer = api.call(OWNER, "PUT", f"{project}/prompts/order", {"promptIds": []})

    assert (answer.status, answer.json["items"]) == (200, [])


def test_order_names_every_prompt_once_or_changes_nothing(api: PromptApi, project: str) -> None:
    ids = [id_of(api.written(project, title=title)) for title in "ABC"]
    other = id_of(api.written(api.made()))

    for wrong in (ids[:2], [*ids, "unknown"], [*ids[:2], ids[0]], [*ids[:2], other], []):
        answer = api.call(OWNER, "PUT", f"{project}/prompts/order", {"promptIds": wrong})
        assert answer.status == 422
        assert answer.fields

    assert steps(api, project) == [("A", 1), ("B", 2), ("C", 3)]
