"""Users and their access."""

from tests.access.matrix import Call, admins, everybody, over_http, row
from tests.access.people import IDENTITY
from tests.access.world import World


@row(IDENTITY, "GET /users", over_http(admins(200)))
def list_users(_: World) -> Call:
    return Call()


@row(IDENTITY, "PUT /users/{userId}/groups", over_http(admins(200)))
def put_groups(world: World) -> Call:
    return Call(path={"userId": world.bystander.user_id}, json={"groups": ["finance"]})


@row(
    IDENTITY,
    "POST /users/{userId}/sign-out",
    over_http({**everybody(403), "supporter": 204, "admin": 204}),
)
def sign_out(world: World) -> Call:
    leaving = world.newcomer()
    return Call(path={"userId": leaving.user_id}, concerns=leaving)
