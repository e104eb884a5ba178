"""Prompt projects and their members."""

from tests.access.matrix import Call, everybody, of_owners, of_viewers, row, staff
from tests.access.people import PERSONALIZATION
from tests.access.world import World


@row(PERSONALIZATION, "POST /api/projects", staff(201))
def make(_: World) -> Call:
    return Call(json={"name": "Access"})


@row(PERSONALIZATION, "GET /api/projects", everybody(200))
def list_projects(_: World) -> Call:
    return Call()


@row(PERSONALIZATION, "GET /api/projects/{projectId}", of_viewers(200))
@row(PERSONALIZATION, "GET /api/projects/{projectId}/members", of_viewers(200))
def read(world: World) -> Call:
    return Call(path=world.project_path)


@row(PERSONALIZATION, "PUT /api/projects/{projectId}", of_owners(200))
def change(world: World) -> Call:
    return Call(path=world.project_path, json={"version": world.in_project("GET", "")["version"], "name": "Renamed"})


@row(PERSONALIZATION, "DELETE /api/projects/{projectId}", of_owners(204))
def remove(world: World) -> Call:
    return Call(path={"projectId": world.new_project()})


@row(PERSONALIZATION, "POST /api/projects/{projectId}/members", of_owners(201))
def add_member(world: World) -> Call:
    return Call(path=world.project_path, json={"userId": world.newcomer().user_id, "role": "viewer"})


@row(PERSONALIZATION, "PUT /api/projects/{projectId}/members/{userId}", of_owners(200))
def change_role(world: World) -> Call:
    return Call(path=world.project_path | {"userId": world.id_of("viewer")}, json={"role": "viewer"})


@row(PERSONALIZATION, "DELETE /api/projects/{projectId}/members/{userId}", of_owners(204))
def remove_member(world: World) -> Call:
    member = world.newcomer().user_id
    world.in_project("POST", "/members", {"userId": member, "role": "viewer"})
    return Call(path=world.project_path | {"userId": member})
