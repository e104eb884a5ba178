"""Categories with their numbers of products, on the running platform."""

import json
import secrets
from collections.abc import Callable
from typing import Any

import pytest

from local.deployment import deployed_functions
from local.workspace import workspace
from tests.e2e.clients import Api, Platform, User, eventually

pytestmark = pytest.mark.platform

CUP = {"name": "China cup", "price": {"amount": 250, "currency": "GBP"}, "stock": 2}


@pytest.fixture
def category() -> str:
    """A category that no other test uses."""
    return f"Cups {secrets.token_hex(6)}"


def test_counts_follow_the_catalogue(commerce: Callable[..., Api], admin: User, category: str) -> None:
    shop, window = commerce(admin), commerce()

    def counts() -> dict[str, int]:
        return {each["category"]: each["count"] for each in window.get("/categories").json()["items"]}

    def added(**changes: Any) -> str:
        return str(shop("POST", "/products", json=CUP | {"category": category} | changes).json()["productId"])

    first, _, draft = added(), added(), added(status="draft")
    eventually(lambda: counts().get(category) == 2)

    shop("PUT", f"/products/{draft}", json=CUP | {"category": category, "status": "active"})
    eventually(lambda: counts().get(category) == 3)

    shop("PUT", f"/products/{first}", json=CUP | {"category": f"{category} too"})
    shop("DELETE", f"/products/{draft}")
    eventually(lambda: (counts().get(category), counts().get(f"{category} too")) == (1, 1))


def test_recounting_finds_every_product_counted(platform: Platform) -> None:
    function = deployed_functions(workspace())["Commerce/Backend/Categories/RecountCategoriesFunction"]

    def report() -> dict[str, int]:
        answer = platform.aws("lambda").invoke(FunctionName=function, Payload=b"{}")
        assert "FunctionError" not in answer
        counted: dict[str, int] = json.loads(answer["Payload"].read())
        return counted

    assert report()["products"] >= 500
    eventually(lambda: report()["changed"] == 0)
