"""Lambda functions that a domain event on the bus starts."""

import functools
from collections.abc import Callable
from typing import Any

from aws_lambda_powertools.logging import correlation_paths
from aws_lambda_powertools.utilities.data_classes import EventBridgeEvent, event_source

from shared.events.domain_events import DomainEvent, parse
from shared.observability.invocations import observed
from shared.observability.logs import logger

type Handler = Callable[[dict[str, Any], Any], None]


def consumer(consume: Callable[[DomainEvent], str]) -> Handler:
    """Make a Lambda handler of a function that takes a domain event and says, for the log, what came of it.

    An exception is left to Lambda's retries, and after them to the failed-events queue.
    """

    @functools.wraps(consume)
    def consume_named(_: str, event: DomainEvent) -> str:
        return consume(event)

    return named_consumer(consume_named)


def named_consumer(consume: Callable[[str, DomainEvent], str]) -> Handler:
    """As `consumer`, of a function that takes events of several names."""

    @observed(correlation_paths.EVENT_BRIDGE)
    @event_source(data_class=EventBridgeEvent)
    @functools.wraps(consume)
    def handler(event: EventBridgeEvent, context: Any) -> None:
        domain_event = parse(event.detail)
        outcome = consume(event.detail_type, domain_event)
        logger.info("event", extra={"event": event.detail_type, "eventId": domain_event.id, "outcome": outcome})

    return handler
