"""The personal agent: turns, runs and sockets."""

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
