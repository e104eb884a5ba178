"""What admins send about users."""

from typing import Annotated, Literal

from pydantic import Field

from identity.users.domain.users import Group
from shared.http.fields import DISTINCT, Body


class PutGroups(Body):
    """The groups that the user is in from now on; an empty list makes a supporter of them."""

    groups: Annotated[list[Literal["admin", "finance", "staff"]], Field(max_length=len(Group)), DISTINCT]

    def to_groups(self) -> frozenset[Group]:
        return frozenset(map(Group, self.groups))
