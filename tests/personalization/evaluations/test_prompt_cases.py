"""The routes of cases through their handler."""

from collections.abc import Mapping
from typing import Any

import pytest

from personalization.evaluations import wiring
from personalization.evaluations.adapters.patterns import LinearPatterns
from personalization.evaluations.domain.cases import CaseService
from personalization.evaluations.handlers.prompt_cases import handler
from shared.http.cursors import Cursors
from shared.ids import new_id
from tests.personalization.articles.fakes import FakeProjectAccess
from tests.personalization.calls import Answer, called
from tests.personalization.evaluations.fakes import FakeCases
from tests.shared.first_answers import FakeFirstAnswers

pytestmark = pytest.mark.usefixtures("edge", "service")

ALL = "/api/projects/{projectId}/cases"
ONE = "/api/projects/{projectId}/cases/{caseId}"
CHECKS: list[dict[str, Any]] = [
    {"kind": "contains", "text": "reader"},
    {"kind": "lacks", "text": "spam"},
    {"kind": "matches", "pattern": r"^\w+"},
    {"kind": "json-schema", "schema": {"type": "object", "required": ["headline"]}},
    {"kind": "max-length", "characters": 500},
    {"kind": "max-cost", "micros": 20_000},
]
BODY = {"name": "Short", "article": "An article.", "variables": {"audience": "doctors"}, "checks": CHECKS}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> None:
    first_answers = FakeFirstAnswers()
    service = CaseService(FakeCases(first_answers), FakeProjectAccess(), LinearPatterns(), new_id)
    monkeypatch.setattr(wiring, "case_service", lambda: service)
    monkeypatch.setattr(wiring, "first_answers", lambda: first_answers)
    monkeypatch.setattr(wiring, "cursors", lambda: Cursors("a key for tests"))


def ask(
    method: str,
    resource: str,
    caller: str = "ada",
    *,
    body: object = None,
    case_id: str = "",
    key: str | None = None,
    query: Mapping[str, str] | None = None,
) -> Answer:
    path = {"projectId": "p1"} | ({"caseId": case_id} if case_id else {})
    return called(handler, caller, body=body, path=path, resource=resource, key=key, query=query, method=method)


def test_a_case_is_written_read_replaced_and_removed() -> None:
    added = ask("POST", ALL, body=BODY)
    assert added.status == 201
    case_id = added.json["caseId"]
    assert {name: added.json[name] for name in BODY} == BODY
    assert added.json["version"] == 1
    assert ask("GET", ONE, "bob", case_id=case_id).json == added.json
    assert ask("GET", ALL, "bob").json == {"items": [added.json], "nextCursor": None}
    replaced = ask("PUT", ONE, case_id=case_id, body=BODY | {"name": "Long", "version": 1})
    assert (replaced.status, replaced.json["name"], replaced.json["version"]) == (200, "Long", 2)
    assert ask("PUT", ONE, case_id=case_id, body=BODY | {"version": 1}).status == 409
    kept = ask("PUT", ONE, case_id=case_id, body={"article": "Another.", "version": 2})
    assert {name: kept.json[name] for name in BODY} == BODY | {"name": "Long", "article": "Another."}
    assert ask("DELETE", ONE, case_id=case_id).status == 204
    assert ask("DELETE", ONE, case_id=case_id).status == 404


def test_a_repeated_request_adds_one_case() -> None:
    first = ask("POST", ALL, body=BODY, key="k1")
    assert ask("POST", ALL, body=BODY, key="k1") == first
    assert len(ask("GET", ALL).json["items"]) == 1


def test_cases_come_in_pages() -> None:
    added = [ask("POST", ALL, body=BODY | {"name": f"Case {n}"}).json["caseId"] for n in range(3)]
    first = ask("GET", ALL, query={"limit": "2"})
    rest = ask("GET", ALL, query={"limit": "2", "cursor": first.json["nextCursor"]})
    assert {each["caseId"] for each in first.json["items"] + rest.json["items"]} == set(added)


def test_viewers_write_nothing_and_strangers_see_nothing() -> None:
    case_id = ask("POST", ALL, body=BODY).json["caseId"]
    assert ask("POST", ALL, "bob", body=BODY).status == 403
    assert ask("PUT", ONE, "bob", case_id=case_id, body=BODY | {"version": 1}).status == 403
    assert ask("DELETE", ONE, "bob", case_id=case_id).status == 403
    assert ask("GET", ONE, "eve", case_id=case_id).status == 404
    assert ask("GET", ALL, "eve").status == 404


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"checks": []}, "checks"),
        ({"checks": [{"kind": "contains"}]}, "checks[0].text"),
        ({"checks": [{"kind": "rhymes", "text": "a"}]}, "checks[0].kind"),
        ({"checks": [{"kind": "matches", "pattern": "(?=a)"}]}, "checks[0].pattern"),
        ({"checks": [{"kind": "json-schema", "schema": {"$ref": "https://example.org"}}]}, "checks[0].schema"),
        ({"checks": [{"kind": "max-length", "characters": -1}]}, "checks[0].characters"),
        ({"article": "a" * 20_001}, "article"),
        ({"name": "two\nlines"}, "name"),
        ({"variables": {"audience": ""}}, "variables.audience"),
    ],
)
def test_what_is_wrong_is_named(change: dict[str, object], field: str) -> None:
    answer = ask("POST", ALL, body=BODY | change)
    assert (answer.status, answer.fields[:1]) == (422, [field])
