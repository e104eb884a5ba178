"""Effects that wait for a decision, while what is read for the same request does not.

Every client of `shared.aws.clients` asks before it sends anything, so that no code can forget to.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

# What the names of operations that change nothing begin with. Everything else counts as an effect.
_READS = ("AdminGet", "AdminList", "BatchGet", "Describe", "Get", "Head", "List", "Query", "Scan", "TransactGet")

type Decide = Callable[[], None]

_decision: ContextVar[Decide | None] = ContextVar("decision", default=None)


@contextmanager
def effects_after(decide: Decide) -> Iterator[None]:
    """Within the block, and in the threads that it starts by `shared.aws.threads`, each effect calls `decide` first.

    It raises where the effect must not happen.
    """
    token = _decision.set(decide)
    try:
        yield
    finally:
        _decision.reset(token)


def hold_effects(client: Any) -> None:
    """Have the client wait for the decision with every call that changes something."""
    client.meta.events.register("before-call", wait_for_decision)


def wait_for_decision(model: Any, **_: object) -> None:
    """`model` is the operation's."""
    decide = _decision.get()
    if decide is not None and not model.name.startswith(_READS):
        decide()
