"""Whatever crashes, repeats or comes late: charged once, with an order, or not charged, and nothing reserved."""

from collections.abc import Callable
from datetime import datetime

import pytest

from commerce.checkout.domain.checkout import Checkout, CheckoutProblem, CheckoutStatus
from commerce.checkout.domain.paying import CheckoutPayments
from commerce.checkout.domain.saga import CheckoutSaga, Outcome, outcome_of
from commerce.checkout.domain.sweeping import Sweep
from commerce.payments.domain.provider import Declined, OutcomeUnknown
from tests.commerce.checkout.conftest import ports_in_memory
from tests.commerce.checkout.mishaps import MISHAPS, Mishap, played_with, points_of
from tests.commerce.checkout.scenarios import SCENARIOS, Scenario
from tests.commerce.checkout.till import Till

each_scenario = pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)


@each_scenario
def test_scenario_ends_as_it_should(scenario: Scenario) -> None:
    till = Till(ports_in_memory())

    scenario.play(till)

    assert {till.saga.found(each).status for each in till.ports.checkout_ids()} == scenario.ends
    till.require_sound()


@pytest.mark.parametrize("mishap", MISHAPS)
@each_scenario
def test_every_point_can_be_disturbed(scenario: Scenario, mishap: str) -> None:
    points = points_of(scenario, ports_in_memory())
    assert len(points) > 30
    for point in points:
        till = played_with(scenario, ports_in_memory(), MISHAPS[mishap], point.number, point.phase)
        assert till.boundaries.happened
        try:
            till.require_sound()
        except AssertionError as error:
            raise AssertionError(f"{scenario.name}, {mishap} {point.phase} {point.call} ({point.number})") from error


def _gives_up_without_asking(payments: CheckoutPayments, checkout_id: str, now: datetime) -> Outcome:
    saga = payments.saga
    return outcome_of(saga.end(saga.found(checkout_id), CheckoutStatus.CANCELLED, None, now))


def _keeps_what_was_reserved(
    saga: CheckoutSaga, checkout: Checkout, status: CheckoutStatus, problem: CheckoutProblem | None, now: datetime
) -> Checkout:
    return saga.checkouts.save(checkout.ended(status, problem, now)) if checkout.is_open else checkout


def _takes_a_doubt_for_a_refusal(payments: CheckoutPayments, checkout_id: str, now: datetime) -> Outcome:
    checkout = payments.saga.found(checkout_id)
    try:
        payment = payments.provider.confirm(
            checkout.payment_id or "", checkout.means, return_url="", key=f"{checkout_id}:confirm"
        )
    except (Declined, OutcomeUnknown):
        return _gives_up_without_asking(payments, checkout_id, now)
    return payments._follow(checkout, payment, now)


@pytest.mark.parametrize(
    ("owner", "method", "without"),
    [
        (CheckoutPayments, "abandon", _gives_up_without_asking),
        (CheckoutPayments, "confirm", _takes_a_doubt_for_a_refusal),
        (CheckoutSaga, "end", _keeps_what_was_reserved),
        (Sweep, "run", lambda *_: None),
    ],
    ids=["asking the provider", "doubt", "releasing the stock", "the sweep"],
)
def test_matrix_notices_what_is_left_out(
    monkeypatch: pytest.MonkeyPatch, owner: type, method: str, without: Callable[..., object]
) -> None:
    monkeypatch.setattr(owner, method, without)

    assert any(_is_unsound(scenario, mishap) for scenario in SCENARIOS for mishap in MISHAPS.values())


def _is_unsound(scenario: Scenario, mishap: Mishap) -> bool:
    for point in points_of(scenario, ports_in_memory()):
        try:
            played_with(scenario, ports_in_memory(), mishap, point.number, point.phase).require_sound()
        except Exception:  # noqa: BLE001  however it shows
            return True
    return False
