"""What clients receive of what was learned."""

from dataclasses import dataclass
from datetime import datetime

from personalization.memory.domain.context import FactKind, Origin
from personalization.memory.domain.correcting import Remembered
from personalization.supporters.domain.consent import PERSONALISATION


@dataclass(frozen=True, slots=True)
class FactOrigin:
    """The turn that taught it last; both ids are null where it was corrected by hand."""

    session_id: str | None
    interaction_id: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedFact:
    """`fact` is its name in the basis of answers. When and where it was learned is null if that was not kept."""

    fact: FactKind
    value: str
    learned_at: datetime | None
    from_: FactOrigin | None


@dataclass(frozen=True, slots=True)
class Learning:
    """Whether more is learned, and what is remembered used; `detail` says how to change that."""

    allowed: bool
    purpose: str
    detail: str


@dataclass(frozen=True, slots=True)
class MemoryAnswer:
    version: int
    facts: tuple[RememberedFact, ...]
    learning: Learning


_ALLOWED = "We remember what you tell the agent. To stop that, withdraw your consent to this purpose in your profile."
_NOT_ALLOWED = (
    "We remember nothing of what you tell the agent, and use nothing of what is listed here. "
    "To allow it, give your consent to this purpose in your profile."
)


def memory_answer(remembered: Remembered) -> MemoryAnswer:
    context = remembered.context
    return MemoryAnswer(
        version=context.version,
        facts=tuple(
            _fact(kind, value, context.origin(kind, value))
            for kind, values in context.values.items()
            for value in reversed(values)
        ),
        learning=Learning(remembered.may_learn, PERSONALISATION, _ALLOWED if remembered.may_learn else _NOT_ALLOWED),
    )


def _fact(kind: FactKind, value: str, origin: Origin | None) -> RememberedFact:
    return RememberedFact(
        fact=kind,
        value=value,
        learned_at=origin.learned_at if origin else None,
        from_=FactOrigin(origin.session_id, origin.interaction_id) if origin else None,
    )
