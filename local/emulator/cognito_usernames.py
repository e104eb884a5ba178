"""Cognito: user names and addresses without regard to case, in pools that are configured so."""

from collections.abc import Callable

from ministack.services import cognito

from local.emulator.provisioning import Answer, Json

CREATING = frozenset({"SignUp", "AdminCreateUser"})


def ignore_case() -> None:
    """Find users by their names and aliases in any case, and create no second one under a name in another case."""
    resolve, run = cognito._resolve_user, cognito._run_idp_handler

    def resolve_in_any_case(pool: Json, name: str | None) -> tuple[Json | None, Answer | None]:
        spelling = _spelling(pool, name or "")
        found: tuple[Json | None, Answer | None] = resolve(pool, spelling or name)
        return found

    def run_with_the_stored_spelling(handler: Callable[[Json], Answer], action: str, data: Json) -> Answer:
        pool = _pool(data) if action in CREATING else None
        spelling = _spelling(pool, data.get("Username") or "") if pool else None
        answer: Answer = run(handler, action, _spelled(data, spelling) if spelling else data)
        return answer

    cognito._resolve_user, cognito._run_idp_handler = resolve_in_any_case, run_with_the_stored_spelling


def _spelled(data: Json, name: str) -> Json:
    """With the name, also where it stands as an address: MiniStack compares the two."""
    attributes = [
        each | {"Value": name} if each.get("Value", "").casefold() == name.casefold() else each
        for each in data.get("UserAttributes", [])
    ]
    return data | {"Username": name, "UserAttributes": attributes}


def _pool(data: Json) -> Json | None:
    found: Json | None = (
        cognito._user_pools.get(data["UserPoolId"])
        if "UserPoolId" in data
        else cognito._pool_for_client(data.get("ClientId"))[0]
    )
    return found


def _spelling(pool: Json, name: str) -> str | None:
    """How a user's name or alias is written that differs in case only; None if there is none, or case matters."""
    if (pool.get("UsernameConfiguration") or {}).get("CaseSensitive", True):
        return None
    aliases = {*(pool.get("UsernameAttributes") or []), *(pool.get("AliasAttributes") or [])}
    for user in pool["_users"].values():
        attributes = cognito._attr_list_to_dict(user["Attributes"])
        for stored in (user["Username"], *(attributes.get(alias, "") for alias in sorted(aliases))):
            if stored != name and stored.casefold() == name.casefold():
                return str(stored)
    return None
