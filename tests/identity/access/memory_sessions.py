from shared.errors import NotFound


class MemorySessions:
    """Users with refresh tokens, or without."""

    def __init__(self, *users: str) -> None:
        self.signed_in = dict.fromkeys(users, True)

    def revoke(self, user_id: str) -> None:
        if user_id not in self.signed_in:
            raise NotFound("There is no such user.")
        self.signed_in[user_id] = False
