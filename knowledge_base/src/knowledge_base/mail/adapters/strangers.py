"""The ids of strangers in DynamoDB, under keyed digests of their addresses: who reads the table learns no address."""

import hashlib
import hmac
from collections.abc import Iterable
from contextlib import suppress
from datetime import datetime, timedelta
from functools import partial

from pynamodb.attributes import UnicodeAttribute, UnicodeSetAttribute
from pynamodb.expressions.update import Action

from knowledge_base.mail.domain.correspondence import Standing
from shared.dynamodb.attributes import MomentAttribute, SecondsAttribute
from shared.dynamodb.records import ConditionFailed, Image, Record
from shared.dynamodb.transactions import Transaction
from shared.erasure.consuming import Part
from shared.ids import new_id
from shared.persistence.settling import until_settled
from shared.persistence.unit_of_work import WriteRefused

_CONTEXT = b"help desk stranger\n"
_KEPT = timedelta(days=31)
"""Longer than mails are, and than events come late."""
_ADDRESS, _USER = "address", "user"
_STANDINGS = (Standing.VERIFIED, Standing.UNVERIFIED)


class StrangerRecord(Record):
    """Under the digest of an address: the id of whoever writes from there, since a mail that was received `given_at`.

    Under a user's id: the ids that strangers had at addresses which were the user's before. What belongs to the ids in
    `erasing` has yet to go. `erased_at`: whatever was received until then is not kept.
    """

    holder = UnicodeAttribute(hash_key=True)
    user_id = UnicodeAttribute(null=True, attr_name="userId")
    given_at = MomentAttribute(null=True, attr_name="givenAt")
    former = UnicodeSetAttribute(null=True)
    erasing = UnicodeSetAttribute(null=True)
    erased_at = MomentAttribute(null=True, attr_name="erasedAt")
    tried_at = MomentAttribute(null=True, attr_name="triedAt")
    expires_at = SecondsAttribute(null=True, attr_name="expiresAt")


class DynamoStrangers:
    """`key` is secret."""

    def __init__(self, strangers_table: str, key: str) -> None:
        self._strangers, self._key = StrangerRecord.at(strangers_table), key

    def id_of(self, address: str, standing: Standing, received_at: datetime) -> str | None:
        """One GetItem; for a new one also an UpdateItem."""
        holder = self._digest(address, standing)
        found = self._strangers.find(holder)
        if found is None or found.user_id is None:
            found = self._given(holder, received_at)
        is_too_old = found.erased_at is not None and received_at <= found.erased_at
        return None if is_too_old else found.user_id

    def _given(self, holder: str, received_at: datetime) -> StrangerRecord:
        is_free = StrangerRecord.user_id.does_not_exist() & (
            StrangerRecord.erased_at.does_not_exist() | (StrangerRecord.erased_at < received_at)
        )
        try:
            return self._strangers(holder).change(
                StrangerRecord.user_id.set(new_id(received_at)),
                StrangerRecord.given_at.set(received_at),
                StrangerRecord.expires_at.remove(),
                condition=is_free,
            )
        except ConditionFailed as refusal:
            return self._strangers.of_image(refusal.item or {})

    def leave(self, user_id: str, address: str, at: datetime) -> None:
        """A GetItem for each standing, and for each id two reads and a transaction."""
        for standing in _STANDINGS:
            until_settled(partial(self._leave, user_id, self._digest(address, standing), at))

    def _leave(self, user_id: str, holder: str, at: datetime) -> None:
        found = self._strangers.find(holder)
        if found is None or not _is_held(found, at):
            return
        user = self._strangers.find(user_id)
        is_erased = user is not None and user.erased_at is not None
        ids = StrangerRecord.erasing if is_erased else StrangerRecord.former
        erased = StrangerRecord.erased_at.exists() if is_erased else StrangerRecord.erased_at.does_not_exist()
        transaction = Transaction()
        transaction.change(_ADDRESS, found, _given_up(at), StrangerRecord.user_id == found.user_id)
        transaction.change(_USER, self._strangers(user_id), [ids.add({found.user_id})], erased)
        transaction.commit()

    def erase_address(self, address: str, at: datetime, now: datetime) -> bool:
        """A GetItem and an UpdateItem for each standing."""
        holders = [self._digest(address, standing) for standing in _STANDINGS]
        are_done = [until_settled(partial(self._erase, holder, at, now)) for holder in holders]
        return all(are_done)

    def _erase(self, holder: str, at: datetime, now: datetime) -> bool:
        found = self._strangers.find(holder) or self._strangers(holder)
        erased_at = max(at, found.erased_at or at)
        actions: list[Action] = [StrangerRecord.erased_at.set(erased_at), StrangerRecord.tried_at.set(now)]
        if _is_held(found, at):
            actions.append(StrangerRecord.erasing.add({found.user_id}))
            actions += _given_up(now)
        elif found.user_id is None:
            actions.append(StrangerRecord.expires_at.set(now + _KEPT))
        is_as_read = (
            StrangerRecord.user_id == found.user_id if found.user_id else StrangerRecord.user_id.does_not_exist()
        )
        try:
            return not found.change(*actions, condition=is_as_read).erasing
        except ConditionFailed as refusal:
            raise WriteRefused(frozenset({_ADDRESS})) from refusal

    def erase_user(self, user_id: str, now: datetime) -> tuple[datetime, bool]:
        """One UpdateItem, or two."""
        user = self._strangers(user_id).change(
            StrangerRecord.erased_at.set(StrangerRecord.erased_at | now),
            StrangerRecord.tried_at.set(now),
            StrangerRecord.expires_at.set(now + _KEPT),
        )
        if user.former:
            moved = StrangerRecord.erasing.add(user.former), StrangerRecord.former.delete(user.former)
            user = user.change(*moved)
        return user.erased_at, not user.erasing

    def carry_on(self, holder: str, parts: Iterable[Part], now: datetime) -> None:
        """Erase what belongs to the ids whose turn it is. A GetItem, and an UpdateItem for each id."""
        found = self._strangers.find(holder)
        for stranger_id in sorted(found.erasing or ()) if found else ():
            nothing_left = [part.erase(stranger_id, now) for part in parts]
            if all(nothing_left):
                with suppress(ConditionFailed):
                    is_there = StrangerRecord.holder.exists()
                    self._strangers(holder).change(StrangerRecord.erasing.delete({stranger_id}), condition=is_there)

    def _digest(self, address: str, standing: Standing) -> str:
        return hmac.digest(self._key.encode(), _CONTEXT + f"{standing} {address}".encode(), hashlib.sha256).hex()


def holder_of_image(image: Image) -> str:
    """Of a row as the table's stream has it. Raises KeyError, TypeError or ValueError."""
    return StrangerRecord.of_image(image).holder


def _is_held(found: StrangerRecord, at: datetime) -> bool:
    """Whether an id that was given until then is still in use."""
    return found.given_at is not None and found.given_at <= at


def _given_up(now: datetime) -> list[Action]:
    return [
        StrangerRecord.user_id.remove(),
        StrangerRecord.given_at.remove(),
        StrangerRecord.expires_at.set(now + _KEPT),
    ]
