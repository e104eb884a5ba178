"""Cognito: a changed address is in force once the code that was sent there is given, and belongs to one user."""

import secrets
from collections.abc import Callable, Mapping
from functools import partial

from ministack.core.responses import error_response_json, json_response
from ministack.services import cognito, sns

from local.emulator.provisioning import Answer, Json

FORMS = {"email": cognito._USERNAME_EMAIL_RE, "phone_number": cognito._USERNAME_PHONE_RE}
MEDIUMS = {"email": "EMAIL", "phone_number": "SMS"}
UPDATING = frozenset({"UpdateUserAttributes", "AdminUpdateUserAttributes"})
VERIFIED = frozenset(f"{name}_verified" for name in FORMS)
PENDING = "_pending_addresses"
"""By attribute, address and code: where MiniStack keeps them with the user."""


def verify_changed_addresses() -> None:
    """Send a code to an address that has to be verified, and have it in force once the code is given.

    Nobody changes their `sub`, and users do not say themselves that an address is verified.
    """
    dispatch, run = cognito._dispatch_idp, cognito._run_idp_handler
    handlers: Mapping[str, Callable[[Json], Answer]] = {
        "VerifyUserAttribute": _verify,
        "GetUserAttributeVerificationCode": _send_again,
    }
    cognito._UNSIGNED_IDP_ACTIONS.update(handlers)

    async def dispatch_also(action: str, data: Json) -> Answer:
        if action not in handlers:
            answer: Answer = await dispatch(action, data)
            return answer
        arguments = cognito._run_idp_handler, handlers[action], action, data
        verified: Answer = await cognito.run_reentrant(*arguments, thread_name="cognito")
        return verified

    def run_and_send(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        handle = partial(_update, handler, action) if action in UPDATING else handler
        answer: Answer = run(handle, action, data)
        return answer

    cognito._dispatch_idp, cognito._run_idp_handler = dispatch_also, run_and_send


def refuse_addresses_of_others() -> None:
    """An address with which users sign in cannot become another user's."""
    run = cognito._run_idp_handler

    def run_unless_taken(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        def handle(data: Json) -> Answer:
            return _taken(action, data) or handler(data)

        answer: Answer = run(handle if action in UPDATING | {"VerifyUserAttribute"} else handler, action, data)
        return answer

    cognito._run_idp_handler = run_unless_taken


def _pool_and_user(action: str, data: Json) -> tuple[Json | None, Json | None]:
    if action.startswith("Admin"):
        pool = cognito._user_pools.get(data.get("UserPoolId"))
        return pool, cognito._resolve_user(pool, data.get("Username"))[0] if pool else None
    user, pool = cognito._user_pool_for_access_token(data.get("AccessToken", ""))
    return pool, user


def _update(update: Callable[[Json], Answer], action: str, data: Json) -> Answer:
    """What has to be verified first is left out of the update, and what is empty is removed."""
    pool, user = _pool_and_user(action, data)
    if pool is None or user is None:
        return update(data)
    changed = cognito._attr_list_to_dict(data.get("UserAttributes") or [])
    if "sub" in changed:
        return _refused("InvalidParameterException", "Cannot modify the non-mutable attribute sub")
    if not action.startswith("Admin") and VERIFIED & changed.keys():
        return _refused("NotAuthorizedException", "A client attempted to write unauthorized attribute")
    settings = pool.get("UserAttributeUpdateSettings") or {}
    before = settings.get("AttributesRequireVerificationBeforeUpdate") or []
    to_send: dict[str, str] = {}
    for name in FORMS.keys() & changed.keys():
        address, is_verified = changed[name], changed.get(f"{name}_verified") == "true"
        if address and not FORMS[name].fullmatch(address):
            return _refused("InvalidParameterException", f"Invalid {name.replace('_', ' ')} format.")
        if address and not is_verified and name in (pool.get("AutoVerifiedAttributes") or []):
            to_send[name] = address
        if name in to_send and name in before:
            del changed[name]
        else:
            changed[f"{name}_verified"] = "true" if address and is_verified else "false"
    answer = update(data | {"UserAttributes": cognito._dict_to_attr_list(changed)})
    if answer[0] != 200:
        return answer
    removed = {name for name, value in changed.items() if not value}
    removed |= {f"{name}_verified" for name in removed}
    user["Attributes"] = [each for each in user["Attributes"] if each["Name"] not in removed]
    sent = [_send(pool, user, name, address) for name, address in to_send.items()]
    return _answer({} if action.startswith("Admin") else {"CodeDeliveryDetailsList": sent})


def _verify(data: Json) -> Answer:
    _, user = _pool_and_user("VerifyUserAttribute", data)
    if user is None:
        return _refused("NotAuthorizedException", "Invalid Access Token")
    name, pending = data["AttributeName"], user.get(PENDING, {})
    found = pending.get(name) or {}
    if error := cognito._code_error(found.get("code"), data["Code"]):
        wrong: Answer = error
        return wrong
    new = {name: found["address"], f"{name}_verified": "true"}
    user["Attributes"] = cognito._merge_attributes(user["Attributes"], cognito._dict_to_attr_list(new))
    del pending[name]
    return _answer({})


def _send_again(data: Json) -> Answer:
    pool, user = _pool_and_user("GetUserAttributeVerificationCode", data)
    if pool is None or user is None:
        return _refused("NotAuthorizedException", "Invalid Access Token")
    name = data["AttributeName"]
    pending = user.get(PENDING, {}).get(name) or {}
    address = pending.get("address") or cognito._attr_list_to_dict(user["Attributes"]).get(name)
    if not address:
        return _refused("InvalidParameterException", f"User has no {name.replace('_', ' ')}.")
    return _answer({"CodeDeliveryDetails": _send(pool, user, name, address)})


def _send(pool: Json, user: Json, name: str, address: str) -> Json:
    """The details of the delivery; the code before it does not count any more."""
    code = f"{secrets.randbelow(10**6):06}"
    user.setdefault(PENDING, {})[name] = {"address": address, "code": code}
    if name == "email":
        cognito._send_verification_email(pool, user["Username"], {"email": address}, code)
        masked = cognito._masked_destination(address)
    else:
        message = pool.get("SmsVerificationMessage") or "Your verification code is {####}."
        sns._publish({"PhoneNumber": address, "Message": message.replace("{####}", code)})
        masked = f"+{'*' * (len(address) - 5)}{address[-4:]}"
    return {"AttributeName": name, "DeliveryMedium": MEDIUMS[name], "Destination": masked}


def _taken(action: str, data: Json) -> Answer | None:
    pool, owner = _pool_and_user(action, data)
    if pool is None or owner is None:
        return None
    if action in UPDATING:
        wanted = cognito._attr_list_to_dict(data.get("UserAttributes") or [])
    else:
        wanted = {
            name: each["address"] for name, each in owner.get(PENDING, {}).items() if name == data["AttributeName"]
        }
    names = {*(pool.get("UsernameAttributes") or []), *(pool.get("AliasAttributes") or [])} & wanted.keys()
    for user in pool["_users"].values():
        held = cognito._attr_list_to_dict(user["Attributes"])
        for name in sorted(names):
            if user is not owner and wanted[name] and held.get(name, "").casefold() == wanted[name].casefold():
                kind = name.replace("_", " ")
                return _refused("AliasExistsException", f"An account with the {kind} already exists.")
    return None


def _refused(code: str, message: str) -> Answer:
    answer: Answer = error_response_json(code, message, 400)
    return answer


def _answer(body: Json) -> Answer:
    answer: Answer = json_response(body)
    return answer
