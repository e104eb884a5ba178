"""A user pool in memory: addresses are unique, and count once they are verified."""

from dataclasses import dataclass, field

from communications.users.domain.address_changes import Kind, WrongCode
from communications.users.domain.addresses import AddressTaken
from communications.users.domain.synchronizing import Contacts
from shared.errors import Unauthenticated, Unavailable

CODE = "123456"


@dataclass
class FakePool:
    """By user's id, which is their token as well. `fails` are the calls, counted from now, that are lost: of these,
    `verify` has been done."""

    contacts_of: dict[str, Contacts] = field(default_factory=dict)
    pending: dict[tuple[str, Kind], str] = field(default_factory=dict)
    loses_answers: bool = False

    def contacts(self, user_id: str) -> Contacts | None:
        return self.contacts_of.get(user_id)

    def set_phone(self, user_id: str, phone: str | None) -> None:
        self.contacts_of[user_id] = Contacts(self.contacts_of[user_id].email, phone)

    def request_change(self, access_token: str, kind: Kind, address: str) -> None:
        if access_token not in self.contacts_of:
            raise Unauthenticated("Sign in again.")
        self._require_free(access_token, kind, address)
        self.pending[access_token, kind] = address

    def verify(self, access_token: str, kind: Kind, code: str) -> None:
        if code != CODE or (access_token, kind) not in self.pending:
            raise WrongCode
        address = self.pending[access_token, kind]
        self._require_free(access_token, kind, address)
        del self.pending[access_token, kind]
        before = self.contacts_of[access_token]
        self.contacts_of[access_token] = (
            Contacts(address, before.phone) if kind is Kind.EMAIL else Contacts(before.email, address)
        )
        if self.loses_answers:
            raise Unavailable("The answer was lost.")

    def _require_free(self, user_id: str, kind: Kind, address: str) -> None:
        """Numbers may be of several users."""
        others = (contacts.email for each, contacts in self.contacts_of.items() if each != user_id)
        if kind is Kind.EMAIL and address.casefold() in map(str.casefold, others):
            raise AddressTaken


@dataclass
class FakeLater:
    """Whose records are to follow their accounts later."""

    user_ids: list[str] = field(default_factory=list)

    def synchronize(self, user_id: str) -> None:
        self.user_ids.append(user_id)
