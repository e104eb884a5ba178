"""Where somebody can be reached, as those see it who decide: what bounces, what was turned off, devices."""

from collections.abc import Collection, Mapping, Set
from dataclasses import dataclass
from datetime import datetime

from communications.audience.domain.audience import Audience
from communications.notifications.domain.types import Channel
from communications.sending.domain import outbox as sending
from communications.sending.domain.devices import Devices
from communications.sending.domain.suppressions import (
    Cause,
    Suppressions,
    address_key,
    category_key,
    event_key,
    lift_bounces,
    stopped,
    suppressed,
)
from communications.users.domain.users import User


@dataclass(frozen=True, slots=True)
class Reaching:
    suppressions: Suppressions
    devices: Devices
    audience: Audience

    def blocks(self, user: User, category: str | None, now: datetime) -> Mapping[Channel, Cause]:
        """One read for all channels."""
        addresses = {sending.Channel.EMAIL: user.email, sending.Channel.SMS: user.phone or "", sending.Channel.PUSH: ""}
        keys = [address_key(channel, address) for channel, address in addresses.items() if address]
        if category is not None:
            keys += [category_key(channel, user.user_id, category) for channel in addresses]
        found = self.suppressions.find(keys)
        causes = {
            Channel(channel.value): suppressed(
                found, channel=channel, user_id=user.user_id, address=address, category=category, now=now
            )
            for channel, address in addresses.items()
        }
        return {channel: cause for channel, cause in causes.items() if cause}

    def confirmed(self, email: str, at: datetime) -> None:
        """One read, and a write where mail to it had bounced."""
        lift_bounces(self.suppressions, email, at)

    def stopped(self, event_ids: Collection[str], now: datetime) -> Set[str]:
        """One read."""
        found = self.suppressions.find([event_key(each) for each in event_ids])
        return {each for each in event_ids if stopped(found, each, now)}

    def has_device(self, user_id: str) -> bool:
        return bool(self.devices.of_user(user_id))

    def consents(self, user_id: str) -> frozenset[str]:
        member = self.audience.find(user_id)
        return member.consents if member else frozenset()
