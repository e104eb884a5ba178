"""What staff send about mail."""

from shared.http.fields import Body, Email


class EraseAddress(Body):
    """`email` is the address that mails were from."""

    email: Email

    def to_address(self) -> str:
        """In lower case, as those of mails are."""
        return self.email.lower()
