"""Requests that the OpenAPI document allows or forbids get the responses that it describes, and never a 500."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.specs.openapi.checks import (
    positive_data_acceptance,
    unsupported_method,
)

from tests.e2e.clients import Platform, User

pytestmark = [
    pytest.mark.platform,
    pytest.mark.filterwarnings("default"),  # schemathesis's own
]

schemathesis.serializer.alias("application/vnd.ms-excel", "text/csv")

DOCUMENTS = {
    file.stem: json.loads(file.read_text()) for file in (Path(__file__).parents[2] / "docs/openapi").glob("*.json")
}
# unknown headers do not make a request invalid: they are ignored. The gateway has no 405: an unknown method is a 404
CONFIG = schemathesis.Config.from_dict(
    {
        "generation": {"allow-extra-parameters": False},
        "phases": {"coverage": {"unexpected-methods": []}},
        "checks": {"negative_data_rejection": {"expected-statuses": ["4xx"]}},  # 413 for long texts, too
    }
)
EXCLUDED_CHECKS = [
    unsupported_method,
    positive_data_acceptance,  # 422 is for what a schema cannot express, such as blank text
]
ROUTES = [
    (context, method, path)
    for context, document in DOCUMENTS.items()
    for path, operations in document["paths"].items()
    for method in operations
]


@pytest.fixture(scope="module")
def giver(platform: Platform) -> User:
    """A new user whom no other test uses."""
    return platform.sign_up("Sam Schemathesis")


@pytest.fixture(params=ROUTES, ids=lambda route: " ".join(route))
def operation(request: pytest.FixtureRequest) -> Any:
    context, method, path = request.param
    return schemathesis.openapi.from_dict(DOCUMENTS[context], config=CONFIG)[path][method]


@pytest.fixture
def context(request: pytest.FixtureRequest, operation: Any) -> str:  # noqa: ARG001  whose parameter it is
    return str(request.node.callspec.params["operation"][0])


@pytest.fixture
def conforms(platform: Platform, giver: User, context: str) -> Callable[[Any], None]:
    """Half of the requests are about the caller; the others, about unknown users, end early."""

    def check(case: Any) -> None:
        about = case.body if isinstance(case.body, dict) and "userId" in case.body else case.query
        if isinstance(about.get("userId"), str) and len(about["userId"]) in range(2, 129, 2):
            about["userId"] = giver.user_id
        answer = case.call(
            base_url=platform.outputs["apis"][context],
            headers={"Authorization": f"Bearer {giver.access_token}", "x-api-key": platform.api_key},
            timeout=40,
        )
        case.validate_response(answer, excluded_checks=EXCLUDED_CHECKS)

    return check


def test_answers_to_whatever_is_sent_conform_to_the_document(operation: Any, conforms: Callable[[Any], None]) -> None:
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))(
        given(case=st.one_of(*cases))(lambda case: conforms(case))
    )()


def test_answers_at_every_bound_conform_to_the_document(operation: Any, conforms: Callable[[Any], None]) -> None:
    """Schemathesis's coverage phase: values at, just within and just beyond each bound, and of other types."""
    configured = operation.schema.config.generation_for(operation=operation)
    for case in operation.schema.iter_coverage_cases(
        operation, generation_modes=list(GenerationMode), generation_config=configured
    ):
        conforms(case)
