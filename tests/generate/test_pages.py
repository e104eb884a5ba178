"""What the pages say of functions and their routes."""

import pytest

from generate.finding import files_of_routes, report
from generate.functions import ROOT, functions
from generate.pages import Event, credentials, events_page, possible, started_by, with_routes_table

FUNCTIONS = {function.name: function for function in functions()}


def test_each_of_several_routes_has_a_name_and_a_purpose_of_its_own() -> None:
    routes = {str(route): route for route in FUNCTIONS["CartFunction"].routes}

    assert routes["DELETE /cart"].name == "clear_cart"
    assert routes["DELETE /cart"].purpose == "Users clear their cart. Idempotent."
    assert len({route.purpose for route in routes.values()}) == len(routes)


def test_function_that_serves_no_routes_is_described_by_its_docstring() -> None:
    purpose = FUNCTIONS["RegisterSupporterFunction"].purpose

    assert purpose == "Make the record of whoever signed up. Repeated and reordered events change nothing."


@pytest.mark.parametrize("name", FUNCTIONS)
def test_everything_that_a_function_does_is_described(name: str) -> None:
    function = FUNCTIONS[name]

    assert all([route.purpose for route in function.routes] or [function.purpose])


def test_events_that_a_rule_puts_into_a_queue_start_the_function_behind_it() -> None:
    started = set(started_by(FUNCTIONS["RecordCustomerEventsFunction"]))

    assert {Event("SQS", "CustomerEvents"), Event("almoner.commerce", "OrderPaid")} <= started
    assert not [event for event in started_by(FUNCTIONS["WorkOnRunFunction"]) if event.source != "SQS"]


def test_only_events_without_any_consumer_have_none() -> None:
    rows = [row.split(" | ") for row in events_page(list(FUNCTIONS.values())).splitlines() if row.startswith("| `")]
    starts = {row[1].strip("`"): row[3] for row in rows}

    assert starts["DocumentChanged"] == "FlagStaleTicketsFunction"
    assert starts["StockLow"] == "NotifyStaffFunction"
    assert not [row for row in rows if row[0].startswith("| `almoner") and row[2] == "none"], "nobody publishes them"


def test_of_a_rules_pairs_those_are_listed_that_are_published() -> None:
    paid, other = Event("almoner.commerce", "OrderPaid"), Event("almoner.identity", "OrderPaid")
    unpublished = Event("almoner.commerce", "OrderLost")

    assert list(possible([paid, other, unpublished], [Event("almoner.commerce", "OrderP*")])) == [paid, unpublished]


def test_page_says_which_credentials_a_request_needs() -> None:
    needed = {str(route): credentials(route) for function in FUNCTIONS.values() for route in function.routes}

    assert needed["GET /profile"] == "a token for the authorizer `UserPool`, an API key"
    assert needed["GET /products"] == "an API key"
    assert needed["GET /agent/runs/{runId}/events"] == "a token for the authorizer `Follower`"


def test_readme_lists_every_function_with_its_routes() -> None:
    readme = (ROOT / "README.md").read_text()

    assert with_routes_table(readme, list(FUNCTIONS.values())) == readme, "run python -m generate"
    for function in FUNCTIONS.values():
        assert all(f"`{route}`" in readme for route in function.routes), function.name


def test_readme_without_a_place_for_the_table_is_an_error() -> None:
    with pytest.raises(SystemExit, match="needs one generated table"):
        with_routes_table("# Almoner", [])


def test_files_of_every_route_are_found_by_their_stem() -> None:
    text, is_complete = report("")

    assert is_complete, text
    assert f"{len(list(files_of_routes()))} routes, 0 files missing" in text


def test_files_of_one_route_are_listed() -> None:
    [(route, function, files)] = files_of_routes("PATCH /profile")

    assert (str(route), function.name) == ("PATCH /profile", "AmendProfileFunction")
    assert {what: file and file.name for what, file in files.items()} == {
        "handler": "amend_profile.py",
        "template": "template.yaml",
        "test": "test_amend_profile.py",
        "sample event": "amend_profile.json",
        "requests": "requests.py",
    }


def test_route_that_is_not_there_is_not_found() -> None:
    assert report("GET /nothing") == ("0 routes, 0 files missing", False)
