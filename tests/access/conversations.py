"""The personal agent: turns, runs and sockets, conversations and what they taught."""

from tests.access.matrix import Call, everybody, own, own_and_staff, row, streamed
from tests.access.people import PERSONALIZATION, unique
from tests.access.world import World


@row(PERSONALIZATION, "POST /agent", own_and_staff(200))
def ask(world: World) -> Call:
    return Call(json={"userId": world.supporter_id, "input": "How can I help?", "sessionId": unique()})


@row(PERSONALIZATION, "POST /connections", everybody(201))
def connect(_: World) -> Call:
    return Call()


@row(PERSONALIZATION, "POST /agent/runs", own(202))
def start(world: World) -> Call:
    return ask(world)


@row(PERSONALIZATION, "GET /agent/runs/{runId}", own(200))
@row(PERSONALIZATION, "POST /agent/runs/{runId}/stop", own(200))
@row(PERSONALIZATION, "POST /agent/runs/{runId}/tickets", own(201))
@row(PERSONALIZATION, "GET /agent/runs/{runId}/events", streamed(own(200)))
def of_run(world: World) -> Call:
    return Call(path={"runId": world.agent_run_id})


@row(PERSONALIZATION, "GET /agent/sessions", own_and_staff(200))
@row(PERSONALIZATION, "DELETE /agent/sessions", own_and_staff(204))
@row(PERSONALIZATION, "GET /agent/memory", own_and_staff(200))
def of_supporter(world: World) -> Call:
    return Call(query={"userId": world.supporter_id})


@row(PERSONALIZATION, "GET /agent/sessions/{sessionId}/turns", own_and_staff(200))
@row(PERSONALIZATION, "DELETE /agent/sessions/{sessionId}", own_and_staff(204))
def of_session(world: World) -> Call:
    question = {"userId": world.supporter_id, "input": "How can I help?", "sessionId": unique()}
    world.done(PERSONALIZATION, "POST", "/agent", question, "supporter")
    return Call(path={"sessionId": question["sessionId"]}, query={"userId": world.supporter_id})


@row(PERSONALIZATION, "PATCH /agent/memory", own_and_staff(200))
def correct(world: World) -> Call:
    memory = world.done(PERSONALIZATION, "GET", f"/agent/memory?userId={world.supporter_id}")
    return Call(query={"userId": world.supporter_id}, json={"version": memory["version"]})
