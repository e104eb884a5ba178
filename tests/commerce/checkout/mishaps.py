"""What can happen at any point of a checkout: crashes, repetitions, delays, and others who come in between."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import timedelta

from commerce.orders.domain.processing import NotPaid
from commerce.payments.domain.provider import OutcomeUnknown
from shared.errors import AlmonerError, Unavailable
from tests.commerce.checkout.machine import Killed
from tests.commerce.checkout.scenarios import Scenario
from tests.commerce.checkout.till import Ports, Till
from tests.shared.boundaries import Boundaries, Phase, Point

type Mishap = Callable[[Till, Point], None]


DEATHS = ("Runtime.ExitError", "Runtime.OutOfMemory", "Sandbox.Timedout", "Runtime.Unknown", "Lambda.Unknown")
"""What Lambda calls the end of a function that has no answer."""


def _killed(_: Till, point: Point) -> None:
    """In one of the ways after the other."""
    raise Killed(DEATHS[point.number % len(DEATHS)])


def _killed_with_its_machine(till: Till, _: Point) -> None:
    """Nobody retries the step: only webhooks and the sweep are left."""
    for checkout_id in till.ports.checkout_ids():
        till.stop_machine(checkout_id)
    raise Killed


def _answer_lost(_: Till, point: Point) -> None:
    """As the adapters say it."""
    raise OutcomeUnknown("pi") if point.call == "provider.confirm" else Unavailable("Nobody knows what was done.")


def _reported(till: Till, _: Point) -> None:
    """The provider's webhook comes in between, twice."""
    for checkout_id in till.ports.checkout_ids():
        _quietly(till.payments.settle, checkout_id, till.clock.now)
        _quietly(till.payments.settle, checkout_id, till.clock.now)


def _cancelled(till: Till, _: Point) -> None:
    """The customer cancels, and it is worked on at once."""
    for checkout_id in till.ports.checkout_ids():
        _quietly(till.opening.cancel, checkout_id, till.ports.user_id)
        _quietly(till.payments.settle, checkout_id, till.clock.now)


def _late(till: Till, _: Point) -> None:
    """The step stops for so long that everything has run out, and the sweep has given it up."""
    till.clock.now += timedelta(minutes=40)
    for each in till.ports.checkouts.due(till.clock.now, 100):
        _quietly(till.payments.settle, each.checkout_id, till.clock.now)


def _abandoned(till: Till, _: Point) -> None:
    """Another attempt of the same execution gives it up."""
    for checkout_id in till.ports.checkout_ids():
        _quietly(till.payments.abandon, checkout_id, till.clock.now)


def _repeated(till: Till, _: Point) -> None:
    """Every step is done in between by somebody else: a retry whose first attempt still runs."""
    for checkout_id in till.ports.checkout_ids():
        for step in (till.saga.validate, till.saga.reserve, till.payments.create, till.payments.confirm):
            _quietly(step, checkout_id, till.clock.now)
        _quietly(till.process, checkout_id, None, till.clock.now)


def _authenticated(till: Till, _: Point) -> None:
    """The customer answers their bank just now."""
    for checkout_id in till.ports.checkout_ids():
        checkout = till.ports.checkouts.find(checkout_id)
        if checkout and checkout.payment_id:
            till.ports.bank.authenticate(checkout.payment_id, passed=True)


def _sent_again(till: Till, _: Point) -> None:
    """The customer presses the button twice."""
    for checkout_id in till.ports.checkout_ids():
        checkout = till.ports.checkouts.find(checkout_id)
        if checkout:
            till.buy(means=checkout.means.payment_method_id or "")


MISHAPS: Mapping[str, Mishap] = {
    "killed": _killed,
    "killed with its machine": _killed_with_its_machine,
    "answer lost": _answer_lost,
    "reported": _reported,
    "cancelled": _cancelled,
    "late": _late,
    "abandoned": _abandoned,
    "repeated": _repeated,
    "authenticated": _authenticated,
    "sent again": _sent_again,
}


def points_of(scenario: Scenario, ports: Ports) -> list[Point]:
    """Every call of the scenario that leaves the process, before and after it."""
    till = Till(ports)
    scenario.play(till)
    return till.boundaries.points


def played_with(scenario: Scenario, ports: Ports, mishap: Mishap, number: int, phase: Phase) -> Till:
    boundaries = Boundaries(at=(number, phase))
    till = Till(ports, boundaries)
    boundaries.happens = lambda point: mishap(till, point)
    scenario.play(till)
    return till


def _quietly(work: Callable[..., object], *arguments: object) -> None:
    with suppress(AlmonerError, AssertionError, NotPaid):
        work(*arguments)
