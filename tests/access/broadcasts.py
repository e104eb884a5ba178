"""News to many."""

from tests.access.matrix import Call, over_http, row, staff
from tests.access.people import COMMUNICATIONS, unique
from tests.access.world import World

NEWS = {"title": "News", "content": "Something new.", "channels": ["email"], "segment": {"interest": unique()}}


@row(COMMUNICATIONS, "POST /broadcasts", over_http(staff(202)))
def start_broadcast(_: World) -> Call:
    """To nobody: no one has the interest."""
    return Call(json=NEWS)


@row(COMMUNICATIONS, "GET /broadcasts", over_http(staff(200)))
def list_broadcasts(_: World) -> Call:
    return Call()


@row(COMMUNICATIONS, "GET /broadcasts/{broadcastId}", over_http(staff(200)))
def get_broadcast(world: World) -> Call:
    return Call(path={"broadcastId": world.broadcast_id})


@row(COMMUNICATIONS, "POST /broadcasts/{broadcastId}/stop", over_http(staff(200)))
def stop_broadcast(world: World) -> Call:
    return Call(path={"broadcastId": world.broadcast_id})
