from datetime import timedelta

import pytest

from personalization.evaluations.domain.cases import MAX_CASES, Case, CaseChange, CaseService
from personalization.evaluations.domain.checks import Contains, FitsSchema, Matches
from shared.auth.callers import Caller
from shared.errors import Conflict, Forbidden, Invalid, NotFound, VersionConflict
from shared.ids import new_id
from tests.personalization.articles.examples import NOW
from tests.personalization.articles.fakes import FakeProjectAccess
from tests.personalization.evaluations.examples import a_content
from tests.personalization.evaluations.fakes import FakeCases, FakePatterns
from tests.shared.first_answers import FakeFirstAnswers

ADA, BOB, EVE = Caller("ada"), Caller("bob"), Caller("eve")


def itself(case: Case) -> Case:
    return case


@pytest.fixture
def service() -> CaseService:
    return CaseService(FakeCases(FakeFirstAnswers()), FakeProjectAccess(), FakePatterns(), new_id)


def test_an_editor_writes_what_members_read(service: CaseService) -> None:
    case = service.add(ADA, "p1", a_content(), now=NOW, claim=None, answer=itself)
    assert case.version == 1
    assert service.read(BOB, "p1", case.case_id) == case
    assert service.page(BOB, "p1", None, 10).items == (case,)
    later = NOW + timedelta(hours=1)
    changed = service.change(ADA, "p1", case.case_id, seen_version=1, change=CaseChange(name="Renamed"), now=later)
    assert (changed.version, changed.created_at, changed.updated_at) == (2, NOW, later)
    service.remove(ADA, "p1", case.case_id)
    assert service.page(BOB, "p1", None, 10).items == ()


def test_viewers_write_nothing_and_strangers_see_nothing(service: CaseService) -> None:
    case = service.add(ADA, "p1", a_content(), now=NOW, claim=None, answer=itself)
    with pytest.raises(Forbidden):
        service.add(BOB, "p1", a_content(), now=NOW, claim=None, answer=itself)
    with pytest.raises(Forbidden):
        service.change(BOB, "p1", case.case_id, seen_version=1, change=CaseChange(), now=NOW)
    with pytest.raises(Forbidden):
        service.remove(BOB, "p1", case.case_id)
    for ask in (lambda: service.page(EVE, "p1", None, 10), lambda: service.read(EVE, "p1", case.case_id)):
        with pytest.raises(NotFound):
            ask()


def test_a_case_that_has_changed_is_not_written_over(service: CaseService) -> None:
    case = service.add(ADA, "p1", a_content(), now=NOW, claim=None, answer=itself)
    service.change(ADA, "p1", case.case_id, seen_version=1, change=CaseChange(name="First"), now=NOW)
    with pytest.raises(VersionConflict, match="changed since version 1"):
        service.change(ADA, "p1", case.case_id, seen_version=1, change=CaseChange(name="Second"), now=NOW)


def test_a_case_of_another_project_is_not_there(service: CaseService) -> None:
    case = service.add(ADA, "p1", a_content(), now=NOW, claim=None, answer=itself)
    with pytest.raises(NotFound):
        service.read(ADA, "p2", case.case_id)


def test_a_project_has_fifty_cases_at_most(service: CaseService) -> None:
    for number in range(MAX_CASES):
        service.add(
            ADA,
            "p1",
            a_content(name=f"Case {number}"),
            now=NOW + timedelta(milliseconds=number),
            claim=None,
            answer=itself,
        )
    with pytest.raises(Conflict):
        service.add(ADA, "p1", a_content(), now=NOW, claim=None, answer=itself)


def test_checks_that_cannot_be_used_are_named(service: CaseService) -> None:
    checks = (Contains("a"), Matches("(("), FitsSchema({"items": {"$ref": "#"}}))
    with pytest.raises(Invalid) as refusal:
        service.add(ADA, "p1", a_content(*checks), now=NOW, claim=None, answer=itself)
    first, second = refusal.value.errors
    assert first.field == "checks[1].pattern"
    assert (second.field, second.message) == ("checks[2].schema", "items.$ref: is not supported: leave it out")
