"""The definition of the state machine: what it may never do."""

from collections.abc import Mapping
from typing import Any

import pytest

from commerce.payments.domain.provider import NoAccount
from shared.errors import Unavailable
from shared.persistence.unit_of_work import StillConflicting
from tests.commerce.checkout.conftest import ports_in_memory
from tests.commerce.checkout.machine import definition
from tests.commerce.checkout.mishaps import DEATHS
from tests.commerce.checkout.till import Till

STATES: Mapping[str, Any] = definition()["States"]
TASKS = {name: state for name, state in STATES.items() if state["Type"] == "Task"}
AFTER_THE_CHARGE = {"CreateOrder", "Completed", "OrderDelayed"}


def following(state: Mapping[str, Any]) -> set[str]:
    choices = [choice["Next"] for choice in state.get("Choices", ())]
    catchers = [catcher["Next"] for catcher in state.get("Catch", ())]
    return {each for each in (state.get("Next"), state.get("Default"), *choices, *catchers) if each}


@pytest.mark.parametrize("name", TASKS)
def test_task_has_a_limit_of_time_and_retries_of_what_passes(name: str) -> None:
    assert TASKS[name]["TimeoutSeconds"]
    assert TASKS[name]["Retry"]


@pytest.mark.parametrize("name", TASKS)
def test_errors_are_named(name: str) -> None:
    """A catch-all would take a payment of which nobody knows for one that was not made."""
    handlers = [*TASKS[name]["Retry"], *TASKS[name].get("Catch", ())]
    errors = {error for handler in handlers for error in handler["ErrorEquals"]}
    assert errors.isdisjoint({"States.ALL", "States.TaskFailed", "States.Runtime"})


def test_whole_has_a_limit_of_time() -> None:
    assert definition()["TimeoutSeconds"] > STATES["AwaitBank"]["TimeoutSeconds"]


def test_every_state_can_be_reached() -> None:
    reached, left = {definition()["StartAt"]}, [definition()["StartAt"]]
    while left:
        new = following(STATES[left.pop()]) - reached
        reached |= new
        left += new
    assert reached == set(STATES)


def test_nothing_is_undone_after_the_charge() -> None:
    for name in AFTER_THE_CHARGE:
        assert following(STATES[name]) <= AFTER_THE_CHARGE


def test_payment_whose_outcome_is_unknown_is_looked_up() -> None:
    [catcher] = STATES["ConfirmPayment"]["Catch"]
    assert catcher["Next"] == "WaitForAnswer"
    assert STATES["WaitForAnswer"]["Next"] == "FindPayment"
    assert following(STATES["FindPayment"]) == {"PaymentOutcome", "LeftToTheSweep"}


def test_nobody_is_taken_for_unpaid_but_by_what_the_provider_says() -> None:
    """After a failure, a state asks on, has the payment cancelled, or stops where it is: none of them ends well."""
    for name, task in TASKS.items():
        for catcher in task["Catch"]:
            assert catcher["Next"] in {"WaitForAnswer", "AbandonCheckout", "LeftToTheSweep", "OrderDelayed"}, name
    ends = [name for name, state in STATES.items() if "Ended" in following(state)]
    assert ends == ["PaymentOutcome"]
    assert {name for name, state in STATES.items() if state["Type"] == "Fail"} == {"LeftToTheSweep", "OrderDelayed"}


@pytest.mark.parametrize("error", DEATHS)
@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if "Arn" in str(task)])
def test_end_of_a_function_is_tried_again_and_caught(name: str, error: str) -> None:
    """https://docs.aws.amazon.com/step-functions/latest/dg/bp-lambda-serviceexception.html"""
    for handlers in (TASKS[name]["Retry"], TASKS[name]["Catch"]):
        assert error in {each for handler in handlers for each in handler["ErrorEquals"]}


@pytest.mark.parametrize("means", ["pm_card_visa", "pm_card_threeDSecure2Required"])
@pytest.mark.parametrize("call", ["find", "cancel"])
def test_provider_that_is_silent_for_hours_changes_nothing(means: str, call: str) -> None:
    till = Till(ports_in_memory())
    till.put("ada", till.ports.shop[0], 2)
    provider, checkout = till.ports.provider, till.buy(means=means)
    provider.after["confirm"] = 1_000
    provider.before[call] = 1_000
    till.cancel(checkout.checkout_id)

    till.executions[checkout.checkout_id].run()

    [execution] = till.executions.values()
    if execution.failure:
        assert execution.failure == "PaymentUnknown"
        assert till.saga.found(checkout.checkout_id).is_open
    provider.after.clear()
    provider.before.clear()
    till.come_to_rest()
    till.require_sound()


def test_what_is_reserved_is_kept_as_long_as_the_customer_may_pay() -> None:
    assert STATES["AwaitCustomer"]["TimeoutSeconds"] >= 30 * 60


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if "Arn" in str(task)])
def test_errors_that_pass_are_named_each(name: str) -> None:
    """A state machine knows names, and no classes."""
    retried = {error for retrier in TASKS[name]["Retry"] for error in retrier["ErrorEquals"]}
    assert {each.__name__ for each in (Unavailable, StillConflicting, NoAccount)} <= retried
