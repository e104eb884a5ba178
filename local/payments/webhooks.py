"""Delivers events to the shop, as Stripe does: signed, at least once, in no certain order, until it answers 2xx.

What Stripe does now and then, a test can have on demand: duplicates, delays, another order.
"""

import asyncio
import json
import random
import time
import urllib.error
import urllib.request
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from stripe import WebhookSignature

from local.payments.errors import Json, Refusal
from local.payments.store import Store

_FIRST_PAUSE_SECONDS, _ATTEMPTS = 0.5, 10
_TIMEOUT_SECONDS = 10

type Order = Literal["made", "reversed", "shuffled"]


@dataclass
class Settings:
    """`holds`: keep events back until they are released. `times` and `delay_seconds` by the event's type; "" is any."""

    url: str = ""
    secret: str = ""
    holds: bool = False
    times: dict[str, int] = field(default_factory=dict)
    delay_seconds: dict[str, float] = field(default_factory=dict)


class Webhooks:
    def __init__(self, store: Store, settings: Settings) -> None:
        self._store, self.settings = store, settings
        self._held: list[str] = []
        self._published = {event["id"] for event in store.newest_first("event")}
        self._deliveries: set[asyncio.Task[None]] = set()
        self.attempts: list[Json] = []

    def change(self, given: Mapping[str, Any]) -> None:
        """Raises Refusal for a setting that does not exist."""
        for name, value in given.items():
            if name not in Settings.__dataclass_fields__:
                raise Refusal(f"There is no setting {name}.", param=name)
            setattr(self.settings, name, value)

    def publish_new(self) -> None:
        """Begin to deliver the events that have come about since the last call."""
        new = [event["id"] for event in self._store.newest_first("event") if event["id"] not in self._published][::-1]
        self._published.update(new)
        if self.settings.holds:
            self._held += new
        else:
            self._begin(new)

    def release(self, order: Order, seed: int) -> int:
        """Deliver what was held, in this order, and hold no more. How many events they were."""
        held, self._held, self.settings.holds = self._held, [], False
        if order == "reversed":
            held.reverse()
        if order == "shuffled":
            random.Random(seed).shuffle(held)  # noqa: S311  repeatable, and no secret
        self._begin(held)
        return len(held)

    async def delivered(self) -> None:
        """Wait until nothing is under way."""
        while self._deliveries:
            await asyncio.wait(self._deliveries)

    def _begin(self, ids: Iterable[str]) -> None:
        if not self.settings.url:
            return
        for id_ in ids:
            event = self._store.find(id_) or {}
            for _ in range(self._of_type(self.settings.times, event["type"], 1)):
                task = asyncio.create_task(self._deliver(event))
                self._deliveries.add(task)
                task.add_done_callback(self._deliveries.discard)

    async def _deliver(self, event: Json) -> None:
        await asyncio.sleep(self._of_type(self.settings.delay_seconds, event["type"], 0))
        for attempt in range(_ATTEMPTS):
            status = await asyncio.to_thread(self._post, event)
            self.attempts.append({"event": event["id"], "type": event["type"], "status": status})
            if 200 <= status < 300:
                self._store.put(event | {"pending_webhooks": 0})
                return
            await asyncio.sleep(_FIRST_PAUSE_SECONDS * 2**attempt)

    def _post(self, event: Json) -> int:
        """The status of the answer; 0 where there was none."""
        body = json.dumps(event, indent=2, ensure_ascii=False)
        signature = WebhookSignature.generate_signature_header(body, self.settings.secret, timestamp=int(time.time()))
        headers = {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature}
        url = self.settings.url  # set by whoever runs the stand-in
        request = urllib.request.Request(url, body.encode(), headers, method="POST")  # noqa: S310  see above
        try:
            with urllib.request.urlopen(request, timeout=_TIMEOUT_SECONDS) as answer:  # noqa: S310  see above
                return int(answer.status)
        except urllib.error.HTTPError as error:
            return error.code
        except OSError:
            return 0

    def _of_type[T](self, by_type: Mapping[str, T], kind: str, default: T) -> T:
        return by_type.get(kind, by_type.get("", default))
