"""The audience in memory."""

from communications.audience.domain.audience import AudiencePage, Group, Member


class FakeAudience:
    def __init__(self, *members: Member) -> None:
        self.by_id = {member.user_id: member for member in members}

    def put(self, member: Member) -> bool:
        earlier = self.by_id.get(member.user_id)
        if earlier and earlier.version >= member.version:
            return False
        self.by_id[member.user_id] = member
        return True

    def find(self, user_id: str) -> Member | None:
        return self.by_id.get(user_id)

    def page(self, group: Group, after: str | None, limit: int) -> AudiencePage:
        ids = sorted(user_id for user_id, member in self.by_id.items() if group.has(member))
        left = [user_id for user_id in ids if after is None or user_id > after]
        return AudiencePage(tuple(left[:limit]), left[limit - 1] if len(left) >= limit else None)
