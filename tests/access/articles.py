"""Articles: runs and sessions of a project."""

from tests.access.matrix import Call, of_starter, of_viewers, project, row, streamed
from tests.access.people import PERSONALIZATION, unique
from tests.access.world import World

PROJECT = "/api/projects/{projectId}"
RUN = f"{PROJECT}/runs/{{runId}}"


@row(PERSONALIZATION, f"POST {PROJECT}/runs", of_viewers(202))
def start(world: World) -> Call:
    return Call(path=world.project_path, json={"article": "An article.", "sessionId": unique()})


@row(PERSONALIZATION, f"GET {RUN}", of_starter(200))
@row(PERSONALIZATION, f"POST {RUN}/stop", of_starter(200))
@row(PERSONALIZATION, f"POST {RUN}/tickets", of_starter(201))
@row(PERSONALIZATION, f"GET {RUN}/events", streamed(of_starter(200)))
def of_run(world: World) -> Call:
    return Call(path=world.project_path | {"runId": world.article_run["runId"]})


@row(PERSONALIZATION, f"GET {PROJECT}/runs", of_viewers(200))
@row(PERSONALIZATION, f"GET {PROJECT}/budget", of_viewers(200))
@row(PERSONALIZATION, f"GET {PROJECT}/sessions", of_viewers(200))
def of_project(world: World) -> Call:
    return Call(path=world.project_path)


@row(PERSONALIZATION, f"GET {PROJECT}/sessions/{{sessionId}}/messages", project(owner=200, editor=404, viewer=404))
def messages(world: World) -> Call:
    """Of a session of the owner; admins read everybody's."""
    return Call(path=world.project_path | {"sessionId": world.article_run["sessionId"]})


@row(PERSONALIZATION, f"PATCH {PROJECT}/sessions/{{sessionId}}", of_starter(200))
def rename(world: World) -> Call:
    """Of the supporter's."""
    path = world.project_path | {"sessionId": world.article_run["sessionId"]}
    return Call(path=path, json={"title": "Renamed"})


@row(PERSONALIZATION, f"DELETE {PROJECT}/sessions/{{sessionId}}", of_starter(204))
def delete(world: World) -> Call:
    session_id = unique()
    world.in_project("POST", "/runs", {"article": "An article.", "sessionId": session_id}, "supporter")
    return Call(path=world.project_path | {"sessionId": session_id})
