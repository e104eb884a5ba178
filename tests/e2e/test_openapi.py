"""Requests that the OpenAPI document allows or forbids get the responses that it describes, and never a 500."""

import json
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


DOCUMENTS = {
    file.stem: json.loads(file.read_text()) for file in (Path(__file__).parents[2] / "docs/openapi").glob("*.json")
}
# unknown headers and parameters do not make a request invalid: they are ignored
CONFIG = schemathesis.Config.from_dict({"generation": {"allow-extra-parameters": False}})
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


@pytest.mark.parametrize(("context", "method", "path"), ROUTES)
def test_answers_conform_to_the_document(context: str, method: str, path: str, platform: Platform, giver: User) -> None:
    """Half of the requests are about the caller; the others, about unknown users, end early."""
    operation = schemathesis.openapi.from_dict(DOCUMENTS[context], config=CONFIG)[path][method]
    cases = [operation.as_strategy(generation_mode=mode) for mode in GenerationMode]

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(case=st.one_of(*cases))
    def conforms(case: Any) -> None:
        about = case.body if isinstance(case.body, dict) and "userId" in case.body else case.query
        if isinstance(about.get("userId"), str) and len(about["userId"]) in range(2, 129, 2):
            about["userId"] = giver.user_id
        answer = case.call(
            base_url=platform.outputs["apis"][context],
            headers={"Authorization": f"Bearer {giver.access_token}", "x-api-key": platform.api_key},
            timeout=40,
        )
        excluded = [
            unsupported_method,  # API Gateway has no 405: an unknown method is a 404
            positive_data_acceptance,  # 422 is for what a schema cannot express, such as blank text
        ]
        case.validate_response(answer, excluded_checks=excluded)

    conforms()
