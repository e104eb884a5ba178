"""Prompts, their versions, cases and evaluations."""

from tests.access.matrix import Call, of_editors, of_viewers, row
from tests.access.people import PERSONALIZATION, unique
from tests.access.world import CASE, PROMPT, World

PROJECT = "/api/projects/{projectId}"
ONE = f"{PROJECT}/prompts/{{promptId}}"


@row(PERSONALIZATION, f"POST {PROJECT}/prompts", of_editors(201))
def make(world: World) -> Call:
    return Call(path=world.project_path, json=PROMPT)


@row(PERSONALIZATION, f"GET {PROJECT}/prompts", of_viewers(200))
@row(PERSONALIZATION, f"GET {PROJECT}/cases", of_viewers(200))
@row(PERSONALIZATION, f"GET {PROJECT}/evaluations", of_viewers(200))
def read_all(world: World) -> Call:
    return Call(path=world.project_path)


@row(PERSONALIZATION, f"PUT {PROJECT}/prompts/order", of_editors(200))
def order(world: World) -> Call:
    prompts = world.in_project("GET", "/prompts?limit=100")["items"]
    return Call(path=world.project_path, json={"promptIds": [prompt["promptId"] for prompt in reversed(prompts)]})


@row(PERSONALIZATION, f"GET {ONE}", of_viewers(200))
@row(PERSONALIZATION, f"GET {ONE}/versions", of_viewers(200))
@row(PERSONALIZATION, f"GET {ONE}/labels", of_viewers(200))
def read(world: World) -> Call:
    return Call(path=world.prompt_path)


@row(PERSONALIZATION, f"PUT {ONE}", of_editors(200))
def save(world: World) -> Call:
    latest = world.in_project("GET", f"/prompts/{world.prompt_id}")["latestVersion"]
    return Call(path=world.prompt_path, json={"version": latest, "content": f"Summarize version {latest}."})


@row(PERSONALIZATION, f"DELETE {ONE}", of_editors(204))
def remove(world: World) -> Call:
    prompt = world.in_project("POST", "/prompts", PROMPT)
    return Call(path=world.project_path | {"promptId": prompt["promptId"]})


@row(PERSONALIZATION, f"POST {ONE}/labels", of_editors(200))
def move_label(world: World) -> Call:
    return Call(path=world.prompt_path, json={"label": "staging", "version": 1})


@row(PERSONALIZATION, f"DELETE {ONE}/labels/{{label}}", of_editors(204))
def remove_label(world: World) -> Call:
    label = f"label-{unique()[-12:]}"
    world.in_project("POST", f"/prompts/{world.prompt_id}/labels", {"label": label, "version": 1})
    return Call(path=world.prompt_path | {"label": label})


@row(PERSONALIZATION, f"GET {ONE}/diff", of_viewers(200))
def compare(world: World) -> Call:
    return Call(path=world.prompt_path, query={"from": "1", "to": "2"})


@row(PERSONALIZATION, f"POST {PROJECT}/cases", of_editors(201))
def add_case(world: World) -> Call:
    return Call(path=world.project_path, json=CASE)


@row(PERSONALIZATION, f"GET {PROJECT}/cases/{{caseId}}", of_viewers(200))
def read_case(world: World) -> Call:
    return Call(path=world.project_path | {"caseId": world.case_id})


@row(PERSONALIZATION, f"PUT {PROJECT}/cases/{{caseId}}", of_editors(200))
def change_case(world: World) -> Call:
    version = world.in_project("GET", f"/cases/{world.case_id}")["version"]
    return Call(path=world.project_path | {"caseId": world.case_id}, json={"version": version, "name": "Renamed"})


@row(PERSONALIZATION, f"DELETE {PROJECT}/cases/{{caseId}}", of_editors(204))
def remove_case(world: World) -> Call:
    return Call(path=world.project_path | {"caseId": world.in_project("POST", "/cases", CASE)["caseId"]})


@row(PERSONALIZATION, f"POST {PROJECT}/evaluations", of_editors(202))
def evaluate(world: World) -> Call:
    return Call(path=world.project_path, json={"promptId": world.prompt_id})


@row(PERSONALIZATION, f"GET {PROJECT}/evaluations/{{evaluationId}}", of_viewers(200))
def read_evaluation(world: World) -> Call:
    return Call(path=world.project_path | {"evaluationId": world.evaluation_id})
