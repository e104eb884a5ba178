from personalization.evaluations.domain.cases import CaseSummary
from personalization.evaluations.domain.evaluation import FailingCase, Verdict
from personalization.evaluations.domain.promotion import failing_cases


def a_case(case_id: str, version: int = 1) -> CaseSummary:
    return CaseSummary(case_id, f"The {case_id}", version)


def verdict(cases: dict[str, int], *failing: FailingCase) -> Verdict:
    return Verdict("card-1", 2, "evaluation-1", cases, failing)


def test_nothing_stands_against_a_project_without_cases() -> None:
    assert failing_cases([], None) == ()


def test_every_case_stands_against_a_version_that_was_never_evaluated() -> None:
    assert [each.why for each in failing_cases([a_case("a"), a_case("b")], None)] == [
        "has not been run with this version"
    ] * 2


def test_nothing_stands_against_a_version_that_has_passed() -> None:
    assert failing_cases([a_case("a"), a_case("b", version=3)], verdict({"a": 1, "b": 3})) == ()


def test_failing_cases_are_listed_with_the_reason() -> None:
    failed = FailingCase("b", "The b", "does not contain “reader”")
    assert failing_cases([a_case("a"), a_case("b")], verdict({"a": 1, "b": 1}, failed)) == (failed,)


def test_a_case_that_was_added_or_changed_since_stands_against_it() -> None:
    found = failing_cases([a_case("a", version=2), a_case("b")], verdict({"a": 1}))
    assert [(each.case_id, each.why) for each in found] == [
        ("a", "has changed since it was run with this version"),
        ("b", "has not been run with this version"),
    ]


def test_a_case_that_is_gone_stands_against_nothing() -> None:
    assert failing_cases([a_case("a")], verdict({"a": 1}, FailingCase("b", "The b", "was deleted"))) == ()
