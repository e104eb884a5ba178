import json
from typing import Any

import pytest

from personalization.content import wiring
from personalization.content.handlers.delete_content import handler
from tests.personalization.content.content_examples import FakeContents, page
from tests.shared.gateway_events import access_claims, rest_event
from tests.shared.lambda_context import CONTEXT

pytestmark = pytest.mark.usefixtures("edge")


@pytest.fixture(autouse=True)
def contents(monkeypatch: pytest.MonkeyPatch) -> FakeContents:
    fake = FakeContents(page("news"))
    monkeypatch.setattr(wiring, "contents", lambda: fake)
    return fake


def delete(content_id: str = "news", groups: object = "staff") -> dict[str, Any]:
    event = rest_event(access_claims("priya", groups), resource="/content/{contentId}", method="DELETE")
    return handler(event | {"pathParameters": {"contentId": content_id}}, CONTEXT)


def test_removing_twice_is_as_good_as_once(contents: FakeContents) -> None:
    for _ in range(2):
        answer = delete()
        assert (answer["statusCode"], answer["body"]) == (204, "")
        assert contents.by_id == {}


def test_supporters_may_not_remove(contents: FakeContents) -> None:
    answer = delete(groups=None)

    assert answer["statusCode"] == 403
    assert json.loads(answer["body"])["detail"] == "Only staff may do this."
    assert "news" in contents.by_id


def test_id_that_is_none_is_refused() -> None:
    assert delete("not an id")["statusCode"] == 400
