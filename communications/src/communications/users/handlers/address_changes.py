"""POST /users/me/email, /users/me/phone, and the confirmation of each"""

from communications.users import wiring
from communications.users.domain.address_changes import Kind
from communications.users.requests import ChangeEmail, ChangePhone, ConfirmAddress
from shared.errors import Conflict, NotFound, TooManyRequests
from shared.http.api import Api
from shared.http.request import Request

app = Api(prime=(wiring.address_changes,), kind="http")

_RAISES = (Conflict, NotFound, TooManyRequests)


@app.route("POST /users/me/email", body=ChangeEmail, answers={202: None}, raises=_RAISES)
def change_email(request: Request[ChangeEmail]) -> None:
    """Users change their e-mail address: a code goes to the new one, and until it is given the old one stays."""
    _request(request, Kind.EMAIL, request.body.email)


@app.route("POST /users/me/email/confirmation", body=ConfirmAddress, answers={204: None}, raises=_RAISES)
def confirm_email(request: Request[ConfirmAddress]) -> None:
    """The code that was mailed: the new address is in force, also for signing in."""
    _confirm(request, Kind.EMAIL)


@app.route("POST /users/me/phone", body=ChangePhone, answers={202: None}, raises=_RAISES)
def change_phone(request: Request[ChangePhone]) -> None:
    """Users add or change their phone number: a code goes there by SMS. 409 where the environment sends none."""
    _request(request, Kind.PHONE, request.body.phone)


@app.route("POST /users/me/phone/confirmation", body=ConfirmAddress, answers={204: None}, raises=_RAISES)
def confirm_phone(request: Request[ConfirmAddress]) -> None:
    """The code that came by SMS: from now on, notifications may be sent there."""
    _confirm(request, Kind.PHONE)


def _request(request: Request[ChangeEmail] | Request[ChangePhone], kind: Kind, address: str) -> None:
    wiring.address_changes().request(request.caller.user_id, request.access_token, kind, address)


def _confirm(request: Request[ConfirmAddress], kind: Kind) -> None:
    wiring.address_changes().confirm(request.caller.user_id, request.access_token, kind, request.body.code)


handler = app
