"""Sends a row of the outbox: claims it, calls the provider, and notes what came of it.

Everything that can be read is read before the claim, so that between claim and result there is nothing but the call.
"""

import secrets
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from communications.sending.domain.outbox import (
    Channel,
    Outbox,
    OutboxRow,
    SendState,
    changed,
)
from communications.sending.domain.suppressions import (
    Cause,
    Suppression,
    Suppressions,
    address_key,
    category_key,
    event_key,
    stopped,
    suppressed,
)
from shared.errors import Unavailable, VersionConflict


class Refused(Exception):
    """The provider will never accept it. `reason` is a word or two for the explanation, without personal data."""

    def __init__(self, reason: str, *, gone: bool = False) -> None:
        super().__init__(reason)
        self.reason, self.gone = reason, gone
        """`gone`: the destination does not exist any more."""


class NotAccepted(Exception):
    """The provider has not accepted it, and may later."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class OutcomeUnknown(Exception):
    """The provider's answer was lost."""


@dataclass(frozen=True, slots=True)
class Destination:
    """`id` tells apart the devices of a user; `address` is what the provider is called with."""

    id: str
    address: str


class Destinations(Protocol):
    def of_user(self, user_id: str) -> Sequence[Destination]:
        """Where a user can be reached, verified; none where they cannot, or are gone. Raises Unavailable."""
        ...

    def problem(self, destination: Destination) -> str | None:
        """Why the provider would not deliver there, in a word or two. Raises Unavailable."""
        ...

    def forget(self, user_id: str, destination: Destination) -> None:
        """It does not exist any more. Raises Unavailable."""
        ...


class Provider(Protocol):
    def send(self, destination: Destination, row: OutboxRow) -> str:
        """The provider's id of what it has accepted. Called once, it tries once.

        Raises Refused; NotAccepted; OutcomeUnknown.
        """
        ...


@dataclass
class Result:
    """What became of the calls of one attempt."""

    accepted: dict[str, str] = field(default_factory=dict)
    refused: list[str] = field(default_factory=list)
    not_accepted: list[str] = field(default_factory=list)
    is_unknown: bool = False
    gone: list[Destination] = field(default_factory=list)

    def applied_to(self, row: OutboxRow, now: datetime) -> OutboxRow:
        reached = row.reached | self.accepted.keys()
        if self.is_unknown:
            return row.doubtful("answer lost", now, reached)
        if self.not_accepted:
            return row.postponed(self.not_accepted[0], now, reached)
        if reached:
            return row.sent(next(iter(self.accepted.values()), row.provider_id), reached)
        return row.failed(self.refused[0])


@dataclass(frozen=True, slots=True, kw_only=True)
class Sender:
    """Of one channel. `clock` is read where time may have passed, `has_time` is whether another call fits."""

    channel: Channel
    outbox: Outbox
    destinations: Destinations
    suppressions: Suppressions
    provider: Provider
    clock: Callable[[], datetime]
    has_time: Callable[[], bool] = lambda: True

    def send(self, outbox_id: str) -> OutboxRow | None:
        """The row as it is then; None where there is none of this channel. However often it is called, no
        provider accepts it twice, unless people have resent it.

        Raises Unavailable: call it again.
        """
        row = self.outbox.find(outbox_id)
        if row is None or row.channel is not self.channel:
            return None
        if row.state is not SendState.PENDING:
            return row  # sent, given up, or being sent: where that sender has died, the sweep will find out
        if row.has_expired(self.clock()):
            return self._ended(outbox_id, lambda row: row.expired())
        of_user = [Destination(row.channel, row.address)] if row.address else self.destinations.of_user(row.user_id)
        destinations = [each for each in of_user if each.id not in row.reached]
        suppressions = self._suppressions(row, destinations)
        if stopped(suppressions, row.event_id, self.clock()):
            return self._ended(outbox_id, lambda row: row.cancelled(Cause.STOPPED.value))
        open_, problem = self._open(row, destinations, suppressions)
        if not open_:
            return self._ended(outbox_id, lambda row: row.failed(problem))
        claimed = self._claimed(row)
        if claimed is None:
            return self.outbox.find(outbox_id)
        result = self._called(claimed, open_)
        for destination in result.gone:
            self._forget(claimed.user_id, destination)
        return self._noted(claimed, result)

    def _suppressions(self, row: OutboxRow, destinations: Sequence[Destination]) -> Mapping[str, Suppression]:
        keys = [address_key(row.channel, each.address) for each in destinations]
        if row.category is not None:
            keys += [category_key(row.channel, row.user_id, row.category), event_key(row.event_id)]
        return self.suppressions.find(keys) if destinations else {}

    def _open(
        self, row: OutboxRow, destinations: Sequence[Destination], suppressions: Mapping[str, Suppression]
    ) -> tuple[list[Destination], str]:
        """Those to which it may be sent, and why to none of them."""
        open_, problem = [], "no address"
        for each in destinations:
            cause = suppressed(
                suppressions,
                channel=row.channel,
                user_id=row.user_id,
                address=each.address,
                category=row.category,
                now=self.clock(),
            )
            hindrance = cause or self.destinations.problem(each)
            if hindrance is None:
                open_.append(each)
            else:
                problem = str(hindrance)
        return open_, problem

    def _claimed(self, row: OutboxRow) -> OutboxRow | None:
        """None where somebody else is sending it, or nobody may any more."""
        claim = secrets.token_hex(8)

        def claim_it(current: OutboxRow) -> OutboxRow | None:
            if current.claim == claim:
                return current  # a write of ours whose answer was lost
            return current.claimed(claim, self.clock()) if current.state is SendState.PENDING else None

        try:
            return changed(self.outbox, row.outbox_id, claim_it)
        except Unavailable:
            return changed(self.outbox, row.outbox_id, claim_it)
        except VersionConflict:
            return None

    def _called(self, row: OutboxRow, destinations: Sequence[Destination]) -> Result:
        result = Result()
        for number, destination in enumerate(destinations):
            if number and not self.has_time():
                result.not_accepted.append("no time")
                break
            try:
                result.accepted[destination.id] = self.provider.send(destination, row)
            except Refused as refused:
                result.refused.append(refused.reason)
                if refused.gone:
                    result.gone.append(destination)
            except NotAccepted as later:
                result.not_accepted.append(later.reason)
            except OutcomeUnknown:
                result.is_unknown = True
        return result

    def _noted(self, claimed: OutboxRow, result: Result) -> OutboxRow | None:
        """An event of the provider, or the sweep, may have been first."""

        def note(current: OutboxRow) -> OutboxRow | None:
            if current.state is SendState.SENDING and current.claim == claimed.claim:
                return result.applied_to(current, self.clock())
            if current.state is SendState.UNKNOWN and not result.is_unknown and result.accepted:
                return current.sent(next(iter(result.accepted.values())), result.accepted)
            return current

        return changed(self.outbox, claimed.outbox_id, note)

    def _ended(self, outbox_id: str, change: Callable[[OutboxRow], OutboxRow]) -> OutboxRow | None:
        def end(current: OutboxRow) -> OutboxRow:
            return change(current) if current.state is SendState.PENDING else current

        return changed(self.outbox, outbox_id, end)

    def _forget(self, user_id: str, destination: Destination) -> None:
        with suppress(Unavailable):  # the next push finds it again
            self.destinations.forget(user_id, destination)
