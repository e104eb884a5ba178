import pytest

from communications.sending import wiring
from communications.sending.domain.devices import DeviceRegistration, Platform, device_id_of
from communications.sending.handlers.devices import handler
from tests.communications.sending.fakes import FakeDevices, FakeEndpoints
from tests.shared.gateway_events import access_claims
from tests.shared.http_api_calls import SUPPORTER, call

pytestmark = pytest.mark.usefixtures("edge")

DEVICE = {"platform": "fcm", "token": "a-token-of-a-phone"}


@pytest.fixture(autouse=True)
def registration(monkeypatch: pytest.MonkeyPatch) -> DeviceRegistration:
    registration = DeviceRegistration(FakeDevices(), FakeEndpoints(Platform.APNS))
    monkeypatch.setattr(wiring, "registration", lambda: registration)
    return registration


def test_users_register_and_remove_their_devices(registration: DeviceRegistration) -> None:
    device_id = device_id_of(Platform.FCM, DEVICE["token"])
    for _ in range(2):
        status, answer = call(handler, "POST /devices", DEVICE, claims=SUPPORTER)
        assert (status, answer) == (201, {"deviceId": device_id, "platform": "fcm"})
    assert len(registration.devices.of_user("ada")) == 1
    assert call(handler, "DELETE /devices", DEVICE, claims=access_claims("bob"))[0] == 204
    assert len(registration.devices.of_user("ada")) == 1
    for _ in range(2):
        assert call(handler, "DELETE /devices", DEVICE, claims=SUPPORTER)[0] == 204
    assert registration.devices.of_user("ada") == []


def test_platform_that_is_off_says_so() -> None:
    status, problem = call(handler, "POST /devices", DEVICE | {"platform": "apns"}, claims=SUPPORTER)
    assert status == 409
    assert "off in this environment" in problem["detail"]


@pytest.mark.parametrize(
    "wrong",
    [{"platform": "windows"}, {"token": "short"}, {"token": "with a space in it, which none has"}, {"token": "ж" * 20}],
)
def test_anything_else_is_refused(wrong: dict[str, str]) -> None:
    for route in ("POST /devices", "DELETE /devices"):
        assert call(handler, route, DEVICE | wrong, claims=SUPPORTER)[0] == 422
