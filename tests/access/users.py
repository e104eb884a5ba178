"""Users of communications: how they are reached."""

from tests.access.matrix import Call, everybody, over_http, own_and_staff, row, staff
from tests.access.people import COMMUNICATIONS, unique
from tests.access.world import World
from tests.e2e.local_inbox import a_number


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


@row(COMMUNICATIONS, "POST /users/me/email", over_http(everybody(202)))
def change_email(_: World) -> Call:
    """Everybody changes their own; it stays as it is until the code is given."""
    return Call(json={"email": f"{unique()}@example.org"})


@row(COMMUNICATIONS, "POST /users/me/phone", over_http(everybody(202)))
def change_phone(_: World) -> Call:
    return Call(json={"phone": a_number()})


@row(COMMUNICATIONS, "POST /users/me/email/confirmation", over_http({**everybody(422), "supporter": 204}))
def confirm_email(world: World) -> Call:
    """A code is for who has got it."""
    return _confirmation(world, "email", f"{unique()}@example.org")


@row(COMMUNICATIONS, "POST /users/me/phone/confirmation", over_http({**everybody(422), "supporter": 204}))
def confirm_phone(world: World) -> Call:
    return _confirmation(world, "phone", a_number())


def _confirmation(world: World, kind: str, address: str) -> Call:
    api = world.api(COMMUNICATIONS, "supporter", world.bystander)
    assert api("POST", f"/users/me/{kind}", json={kind: address}).status_code == 202
    return Call(json={"code": world.code_for(address)}, concerns=world.bystander)
