"""Sending: the sender's copy, and everything that goes with it, in one transaction. `fan_out` makes the others."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from communications.conversations.domain.conversations import CONVERSATION, Conversation, Conversations
from communications.conversations.domain.messages import Change, Message, Messages
from communications.inbox.domain.inbox import Entry, Inbox
from shared.auth.callers import Caller
from shared.errors import MAX_ERRORS, Conflict, FieldError, Invalid, NotFound, see_errors
from shared.idempotency.claims import RECORD, Claim, FirstAnswer, KeyInUse, once
from shared.ids import new_id
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import UnitOfWork, WriteRefused


class People(Protocol):
    """Every method raises Unavailable."""

    def names(self, user_ids: Collection[str]) -> Mapping[str, str]:
        """Of those who are there: nobody else is in it."""
        ...


class Staff(Protocol):
    def among(self, user_ids: Collection[str]) -> frozenset[str]:
        """Those of the users who are staff. Raises Unavailable."""
        ...


class Answers(Protocol):
    def find(self, record_id: str, now: datetime) -> FirstAnswer | None: ...

    def record(self, answer: FirstAnswer | None, unit_of_work: UnitOfWork) -> None: ...


@dataclass(frozen=True, slots=True)
class Draft:
    """To people, or into a conversation: one of both."""

    content: str
    to: tuple[str, ...] | None = None
    conversation_id: str | None = None


@dataclass(frozen=True, slots=True)
class Sending:
    conversations: Conversations
    messages: Messages
    people: People
    staff: Staff
    inbox: Inbox
    first_answers: Answers

    def send(
        self, caller: Caller, draft: Draft, claim: Claim | None, now: datetime, answer: Callable[[Message], object]
    ) -> object:
        """What `answer` makes of the sender's copy, or the first answer under the claim.

        Raises NotFound for a conversation that is not the caller's; Invalid for recipients to whom they may not write;
        Conflict where nobody else is left in a conversation; Unavailable.
        """

        def effect() -> object:
            return answer(until_settled(lambda: self._sent(caller, draft, claim, now, answer)))

        return once(claim, self.first_answers, now, effect)

    def _sent(
        self, caller: Caller, draft: Draft, claim: Claim | None, now: datetime, answer: Callable[[Message], object]
    ) -> Message:
        conversation, is_new, recipients = self._addressed(caller, draft, now)
        message = Message(
            message_id=new_id(now),
            user_id=caller.user_id,
            conversation_id=conversation.conversation_id,
            sender_id=caller.user_id,
            content=draft.content,
            created_at=now,
            updated_at=now,
            recipients=recipients,
        )
        record = claim.answered(answer(message), now) if claim else None

        def work(seq: int, unit_of_work: UnitOfWork) -> Sequence[Entry]:
            copy = replace(message, seq=seq)
            if is_new:
                self.conversations.add(conversation, unit_of_work)
            self.messages.add(copy, unit_of_work)
            self.conversations.arrived(copy, unit_of_work)
            self.first_answers.record(record, unit_of_work)
            return [copy.entry(Change.SENT)]

        try:
            self.inbox.write(caller.user_id, work, now)
        except WriteRefused as error:
            if RECORD in error.refused:
                raise KeyInUse from error
            if CONVERSATION in error.refused:  # another member has begun it just now
                raise
            raise AssertionError("a new id was there already") from error
        return message

    def _addressed(self, caller: Caller, draft: Draft, now: datetime) -> tuple[Conversation, bool, tuple[str, ...]]:
        """The conversation, whether it has to be begun, and who gets the message."""
        if draft.conversation_id is not None:
            found = self.conversations.find(draft.conversation_id)
            if found is None or caller.user_id not in found.members:
                raise NotFound("There is no such conversation.")
            others = found.besides(caller.user_id)
            left = tuple(filter(self.people.names(others).__contains__, others))
            if not left:
                raise Conflict("Nobody else is left in this conversation.")
            return found, False, left
        wanted = draft.to or ()
        conversation = Conversation.of(wanted, caller.user_id, now)
        others = conversation.besides(caller.user_id)
        if not others:
            raise Invalid(
                "A message needs somebody else to get it.", [FieldError("to", "must name somebody besides yourself")]
            )
        may_get_it = frozenset(self.people.names(others))
        begun = self.conversations.find(conversation.conversation_id)
        if begun is None and not caller.is_staff and may_get_it:
            may_get_it = self.staff.among(may_get_it)
        _refuse_others(wanted, may_get_it | {caller.user_id})
        return begun or conversation, begun is None, others


def _refuse_others(wanted: Sequence[str], may_get_it: Collection[str]) -> None:
    """The same for whoever is not here and for those to whom the caller may not write: nobody learns who is here."""
    refused = [
        FieldError(f"to[{number}]", "is nobody to whom you may write")
        for number, user_id in enumerate(wanted)
        if user_id not in may_get_it
    ]
    if refused:
        listed = refused[:MAX_ERRORS]
        raise Invalid(see_errors("You may not write to everybody named", listed, len(refused)), listed)
