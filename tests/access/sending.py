"""Devices that get push messages, and what became of messages."""

from tests.access.matrix import Call, everybody, over_http, row, staff
from tests.access.people import COMMUNICATIONS, unique
from tests.access.world import World


@row(COMMUNICATIONS, "POST /devices", over_http(everybody(201)))
@row(COMMUNICATIONS, "DELETE /devices", over_http(everybody(204)))
def device(_: World) -> Call:
    return Call(json={"platform": "fcm", "token": f"token-of-a-phone-{unique()}"})


@row(COMMUNICATIONS, "GET /sends", over_http(staff(200)))
def sends(world: World) -> Call:
    return Call(query={"userId": world.supporter_id})


@row(COMMUNICATIONS, "GET /sends/redrives", over_http(staff(200)))
def redrives(_: World) -> Call:
    return Call()


@row(COMMUNICATIONS, "POST /sends/redrives", over_http(staff(200)))
def redrive(world: World) -> Call:
    sends = [f"{unique()}#{world.supporter_id}#email"]
    return Call(json={"sends": sends, "note": "To see who may"}, headers={"Idempotency-Key": unique()})
