"""Users of communications: how they are reached."""

from tests.access.matrix import Call, over_http, own_and_staff, row, staff
from tests.access.world import COMMUNICATIONS, World, unique


@row(COMMUNICATIONS, "GET /users/{userId}", over_http(own_and_staff(200)))
def get_user(world: World) -> Call:
    return Call(path={"userId": world.supporter_id})


@row(COMMUNICATIONS, "GET /users", over_http(staff(200)))
def find_users(_: World) -> Call:
    return Call(query={"q": "rosa"})


@row(COMMUNICATIONS, "POST /users", over_http(staff(201)))
def create_user(_: World) -> Call:
    return Call(json={"email": f"{unique()}@example.org", "firstName": "Rosa", "lastName": "Martínez"})


@row(COMMUNICATIONS, "DELETE /users/{userId}", over_http(own_and_staff(202)))
def delete_user(world: World) -> Call:
    leaving = world.newcomer()
    return Call(path={"userId": leaving.user_id}, concerns=leaving)


@row(COMMUNICATIONS, "PUT /users/{userId}", over_http(own_and_staff(200)))
def update_user(world: World) -> Call:
    path = {"userId": world.supporter_id}
    return Call(path=path, json=world.done(COMMUNICATIONS, "GET", f"/users/{world.supporter_id}"))
