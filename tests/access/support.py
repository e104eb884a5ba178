"""The support chat: runs, sockets, history and proposals."""

from tests.access.matrix import Call, admins, everybody, own, row, streamed
from tests.access.people import COMMERCE, unique
from tests.access.world import World


@row(COMMERCE, "POST /connections", everybody(201))
@row(COMMERCE, "GET /support/sessions", everybody(200))
def alone(_: World) -> Call:
    return Call()


@row(COMMERCE, "POST /support/runs", everybody(202))
def ask(_: World) -> Call:
    return Call(json={"input": "What does delivery cost?", "sessionId": unique()})


@row(COMMERCE, "GET /support/runs/{runId}", own(200))
@row(COMMERCE, "POST /support/runs/{runId}/stop", own(200))
@row(COMMERCE, "POST /support/runs/{runId}/tickets", own(201))
@row(COMMERCE, "GET /support/runs/{runId}/events", streamed(own(200)))
def of_run(world: World) -> Call:
    return Call(path={"runId": world.support_run["runId"]})


@row(COMMERCE, "GET /support/sessions/{sessionId}/messages", own(200))
def of_session(world: World) -> Call:
    return Call(path={"sessionId": world.support_run["sessionId"]})


@row(COMMERCE, "GET /support/proposals", admins(200))
def waiting(_: World) -> Call:
    return Call()


@row(COMMERCE, "GET /support/proposals/{proposalId}", own(200))
def of_proposal(world: World) -> Call:
    return Call(path={"proposalId": world.proposal()["proposalId"]})


@row(COMMERCE, "POST /support/proposals/{proposalId}/approval", own(200))
def approve(world: World) -> Call:
    proposal = world.proposal()
    path = f"/support/proposals/{proposal['proposalId']}"
    approval = world.done(COMMERCE, "GET", path, caller="supporter")["approval"]
    return Call(path={"proposalId": proposal["proposalId"]}, json={"approval": approval})
