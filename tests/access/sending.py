"""Devices that get push messages."""

from tests.access.matrix import Call, everybody, over_http, row
from tests.access.world import COMMUNICATIONS, World, unique


@row(COMMUNICATIONS, "POST /devices", over_http(everybody(201)))
@row(COMMUNICATIONS, "DELETE /devices", over_http(everybody(204)))
def device(_: World) -> Call:
    return Call(json={"platform": "fcm", "token": f"token-of-a-phone-{unique()}"})
