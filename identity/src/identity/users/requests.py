"""What admins send about users."""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from identity.users.domain.users import Group
from shared.http.fields import Body, distinct


class PutGroups(Body):
    """The groups that the user is in from now on; an empty list makes a supporter of them."""

    groups: Annotated[
        list[Literal["admin", "finance", "staff"]], Field(max_length=len(Group)), AfterValidator(distinct)
    ]

    def to_groups(self) -> frozenset[Group]:
        return frozenset(map(Group, self.groups))
