"""How supporters correct what was learned about them: they forget it, or amend it, and it stays so."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol

from personalization.memory.domain.context import FactKind, Origin, SupporterContext
from personalization.memory.domain.learning import forgotten
from personalization.supporters.domain.consent import PERSONALISATION, consents
from personalization.supporters.domain.supporter import Supporter
from shared.auth.callers import Caller
from shared.errors import FieldError, Invalid, NotFound, Unavailable, VersionConflict

MAX_FORGOTTEN = 50
"""The newest are kept: older ones were said so long ago that no conversation repeats them."""
_ATTEMPTS = 10


@dataclass(frozen=True, slots=True)
class Forget:
    kind: FactKind
    value: str


@dataclass(frozen=True, slots=True)
class Amend:
    kind: FactKind
    value: str
    new_value: str


@dataclass(frozen=True, slots=True)
class Corrections:
    forget: tuple[Forget, ...] = ()
    amend: tuple[Amend, ...] = ()


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is remembered of a supporter, and whether they have allowed that more is learned."""

    context: SupporterContext
    may_learn: bool


class Contexts(Protocol):
    """Every method raises Unavailable."""

    def read(self, user_id: str) -> tuple[Supporter | None, SupporterContext]:
        """One round of two reads."""
        ...

    def latest(self, user_id: str) -> SupporterContext: ...

    def add(self, user_id: str, context: SupporterContext) -> None:
        """Write the next version. Raises VersionConflict where it is there already."""
        ...

    def empty_before(self, user_id: str, version: int) -> None:
        """Take everything out of the versions before; their numbers stay, so that none is written twice."""
        ...


def read_memory(caller: Caller, user_id: str, contexts: Contexts) -> Remembered:
    """Supporters read their own memory, staff anyone's; for others there is no such supporter (NotFound)."""
    caller.require_access_to(user_id)
    supporter, context = contexts.read(user_id)
    if supporter is None:
        raise NotFound("There is no such supporter.")
    return Remembered(context, consents(supporter, PERSONALISATION))


def correct_memory(
    caller: Caller, user_id: str, *, seen_version: int, corrections: Corrections, contexts: Contexts, now: datetime
) -> Remembered:
    """The memory after its correction, of which no earlier version has a copy.

    Raises NotFound, VersionConflict; Invalid for what is not remembered.
    """
    before = read_memory(caller, user_id, contexts)
    if before.context.version != seen_version:
        raise VersionConflict("memory", seen_version)
    corrected = corrected_context(before.context, corrections, now)
    try:
        contexts.add(user_id, corrected)
    except VersionConflict as error:
        raise VersionConflict("memory", seen_version) from error
    contexts.empty_before(user_id, corrected.version)
    return replace(before, context=corrected)


def forget_where(
    user_id: str, is_forgotten: Callable[[Origin | None], bool], contexts: Contexts, now: datetime
) -> None:
    """Forget what was learned where it was; of what has no origin, that is None. May be repeated.

    Raises Unavailable.
    """
    for _ in range(_ATTEMPTS):
        context = contexts.latest(user_id)
        everything = [(kind, value) for kind, values in context.values.items() for value in values]
        gone = tuple(Forget(*each) for each in everything if is_forgotten(context.origin(*each)))
        if not gone:
            break
        try:
            contexts.add(user_id, _without(context, gone, now))
        except VersionConflict:
            continue
        break
    else:
        raise Unavailable("The memory keeps changing: try again.", retry_after_seconds=2)
    contexts.empty_before(user_id, contexts.latest(user_id).version)


def corrected_context(context: SupporterContext, corrections: Corrections, now: datetime) -> SupporterContext:
    """The next version, which does not learn again what was corrected. Raises Invalid for what is not remembered."""
    _require_remembered(context, corrections)
    without = _without(context, corrections.forget, now)
    values, amended = dict(without.values), list[Origin]()
    for amend in corrections.amend:
        values[amend.kind] = tuple(
            amend.new_value if value == amend.value else value
            for value in values[amend.kind]
            if value == amend.value or value.casefold() != amend.new_value.casefold()
        )
        amended.append(Origin(amend.kind, amend.new_value, now))
    replaced = {(each.kind, each.value) for each in amended}
    origins = (each for each in without.origins if (each.kind, each.value) not in replaced)
    corrected: tuple[Forget | Amend, ...] = (*corrections.forget, *corrections.amend)
    return replace(
        without,
        interests=values[FactKind.INTERESTS],
        intents=values[FactKind.INTENTS],
        facts=values[FactKind.REMEMBERED],
        origins=tuple(each for each in dict.fromkeys((*origins, *amended)) if each.value in values[each.kind]),
        forgotten=(*context.forgotten, *(forgotten(each.value, now) for each in corrected))[-MAX_FORGOTTEN:],
    )


def _without(context: SupporterContext, gone: Iterable[Forget], now: datetime) -> SupporterContext:
    """The next version without some values."""
    left_out = {(each.kind, each.value) for each in gone}
    kept = {
        kind: tuple(value for value in values if (kind, value) not in left_out)
        for kind, values in context.values.items()
    }
    return replace(
        context,
        version=context.version + 1,
        interests=kept[FactKind.INTERESTS],
        intents=kept[FactKind.INTENTS],
        facts=kept[FactKind.REMEMBERED],
        updated_at=now,
        origins=tuple(each for each in context.origins if (each.kind, each.value) not in left_out),
    )


def _require_remembered(context: SupporterContext, corrections: Corrections) -> None:
    seen = set[tuple[FactKind, str]]()
    errors = []
    lists: tuple[tuple[str, tuple[Forget | Amend, ...]], ...] = (
        ("forget", corrections.forget),
        ("amend", corrections.amend),
    )
    for name, listed in lists:
        for number, each in enumerate(listed):
            field = f"{name}[{number}].value"
            if each.value not in context.values[each.kind]:
                errors.append(FieldError(field, f"is not among the {each.kind} that we remember"))
            elif (each.kind, each.value) in seen:
                errors.append(FieldError(field, "must not be corrected twice"))
            seen.add((each.kind, each.value))
    if errors:
        raise Invalid("Some corrections do not fit what we remember: see errors.", errors)
