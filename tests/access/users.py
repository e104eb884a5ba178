"""Users of communications: how they are reached."""

from tests.access.matrix import Call, over_http, own_and_staff, row
from tests.access.world import COMMUNICATIONS, World


@row(COMMUNICATIONS, "GET /users/{userId}", over_http(own_and_staff(200)))
def get_user(world: World) -> Call:
    return Call(path={"userId": world.supporter_id})
