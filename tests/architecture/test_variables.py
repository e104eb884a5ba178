"""A function has the environment variables of the settings that its code can come to read, and no others."""

import pytest

from generate.functions import Function, functions
from tests.architecture.variables import variables_read

# What Powertools and boto3 read in every function.
OF_ALL_FUNCTIONS = {
    "AWS_NEW_RETRIES_2026",
    "POWERTOOLS_METRICS_NAMESPACE",
    "POWERTOOLS_SERVICE_NAME",
    "POWERTOOLS_TRACE_DISABLED",
}
SET_BY_LAMBDA = {"AWS_REGION"}

each_function = pytest.mark.parametrize("function", list(functions()), ids=lambda function: function.name)


@each_function
def test_function_has_the_variables_that_its_code_reads(function: Function) -> None:
    missing = variables_read(function.module_name) - SET_BY_LAMBDA - given(function)
    assert not missing, f"{function.name}: give it {', '.join(sorted(missing))}"


@each_function
def test_function_has_no_other_variables(function: Function) -> None:
    superfluous = given(function) - OF_ALL_FUNCTIONS - variables_read(function.module_name)
    assert not superfluous, f"{function.name}: its code does not read {', '.join(sorted(superfluous))}"


@each_function
def test_function_has_what_powertools_reads(function: Function) -> None:
    """Metrics without a namespace of their own would be counted for all environments together."""
    assert given(function) >= OF_ALL_FUNCTIONS
    assert function.properties["Environment"]["Variables"]["POWERTOOLS_METRICS_NAMESPACE"] == {
        "Fn::Sub": "Almoner/${Environment}"
    }


def test_what_a_wiring_makes_for_other_functions_is_not_counted() -> None:
    assert "CURSOR_KEY" not in variables_read("personalization.donations.handlers.give_donation")


def test_what_is_made_for_some_requests_only_is_counted() -> None:
    assert "MODEL_ID" in variables_read("personalization.runs.handlers.work_on_run")  # named in a table of makers


def test_what_a_module_imports_from_another_one_is_followed() -> None:
    assert "ACCESS_ENDS_TABLE" in variables_read("personalization.following.handlers.authorize_follower")


def given(function: Function) -> set[str]:
    return set(function.properties["Environment"]["Variables"])
