"""Inviting somebody: staff make an account, whose owner chooses a password with the first sign-in."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from communications.users.domain.addresses import AddressTaken
from communications.users.domain.users import Details, NewUsers, User, require_number_for_texts
from shared.auth.callers import Caller
from shared.errors import Forbidden
from shared.persistence.unit_of_work import Write


class Invitations(Protocol):
    """Of the user pool."""

    def invite(self, email: str, name: str) -> str:
        """Make an account and mail a first password; the user's id.

        Also that of an account which was made so, and never used: an invitation that broke off is carried on. Raises
        AddressTaken; Invalid for what is no address; Unavailable.
        """
        ...

    def join(self, user_id: str, group: str) -> None:
        """Raises Unavailable."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Invitation:
    """`groups` are those of staff; nobody but admins puts anybody into one."""

    email: str
    details: Details
    groups: frozenset[str] = frozenset()


def invite(
    caller: Caller,
    invitation: Invitation,
    invitations: Invitations,
    users: NewUsers,
    now: datetime,
    also: Callable[[User], Write | None],
) -> User:
    """The new user. Account and groups come first, as they may be made twice; the record, with `also`, once.

    What the record's stream publishes has everybody else make theirs. Raises Forbidden; AddressTaken; Invalid.
    """
    if invitation.groups and "admin" not in caller.groups:
        raise Forbidden("Only admins may put somebody into groups.")
    details = invitation.details
    require_number_for_texts(details.settings, None)
    name = f"{details.first_name} {details.last_name}".strip()
    user_id = invitations.invite(invitation.email, name)
    for group in sorted(invitation.groups):
        invitations.join(user_id, group)
    user = User(
        user_id=user_id,
        email=invitation.email,
        first_name=details.first_name,
        last_name=details.last_name,
        settings=details.settings,
        created_at=now,
        updated_at=now,
        invited_by=caller.user_id,
    )
    if not users.add(user, also(user)):
        raise AddressTaken
    return user
