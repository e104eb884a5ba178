"""Devices that get push messages: POST, DELETE /devices"""

from datetime import UTC, datetime

from communications.sending import wiring
from communications.sending.answers import DeviceAnswer, device_answer
from communications.sending.domain.devices import PushOff, device_id_of
from communications.sending.requests import DeviceBody
from shared.errors import Invalid
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.registration,), kind="http")


@app.route("POST /devices", body=DeviceBody, answers={201: DeviceAnswer}, raises=[PushOff, Invalid])
def register_device(request: Request[DeviceBody]) -> DeviceAnswer:
    """Apps register the device whenever they start: it gets its user's push messages, and nobody else's any more."""
    body = request.body
    device = wiring.registration().register(request.caller.user_id, body.of_platform, body.token, datetime.now(UTC))
    return device_answer(device)


@app.route("DELETE /devices", body=DeviceBody, answers={204: None})
def remove_device(request: Request[DeviceBody]) -> None:
    """The device gets no more push messages, as at signing out. A device that is not the user's stays as it is."""
    body = request.body
    wiring.registration().remove(request.caller.user_id, device_id_of(body.of_platform, body.token))


handler = app
