"""The definition of the state machine: what it may never do."""

from collections.abc import Mapping
from typing import Any

import pytest

from commerce.payments.domain.provider import NoAccount
from shared.errors import Unavailable
from shared.persistence.unit_of_work import StillConflicting
from tests.commerce.checkout.machine import definition

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
    assert following(STATES["FindPayment"]) == {"PaymentOutcome"}


def test_what_is_reserved_is_kept_as_long_as_the_customer_may_pay() -> None:
    assert STATES["AwaitCustomer"]["TimeoutSeconds"] >= 30 * 60


@pytest.mark.parametrize("name", [name for name, task in TASKS.items() if "Arn" in str(task)])
def test_errors_that_pass_are_named_each(name: str) -> None:
    """A state machine knows names, and no classes."""
    retried = {error for retrier in TASKS[name]["Retry"] for error in retrier["ErrorEquals"]}
    assert {each.__name__ for each in (Unavailable, StillConflicting, NoAccount)} <= retried
