"""Which prompts may include which."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.prompts.domain.inclusion import MAX_LEVELS, MAX_TOTAL_CHARACTERS, require_valid_inclusion
from shared.errors import Invalid


def refusal(prompt_id: str, graph: dict[str, list[str]], characters: dict[str, int] | None = None) -> str | None:
    try:
        require_valid_inclusion(prompt_id, graph, characters or {}, str.upper)
    except Invalid as invalid:
        return invalid.detail
    return None


def chain(length: int) -> dict[str, list[str]]:
    """p0 includes p1, which includes p2 …"""
    return {f"p{n}": [f"p{n + 1}"] if n < length else [] for n in range(length + 1)}


def test_prompts_may_include_each_other_without_circles() -> None:
    assert refusal("a", {"a": ["b", "c", "c"], "b": ["c"], "c": []}) is None


@pytest.mark.parametrize(
    ("graph", "path"),
    [
        ({"a": ["a"]}, "A → A"),
        ({"a": ["b"], "b": ["a"]}, "A → B → A"),
        ({"a": ["x", "b"], "x": [], "b": ["c"], "c": ["a"]}, "A → B → C → A"),
        ({**{f"p{n}": [f"p{n + 1}"] for n in range(20)}, "a": ["p0"], "p20": ["a"]}, "A → P0 → P1"),
    ],
)
def test_circle_is_refused_with_its_path(graph: dict[str, list[str]], path: str) -> None:
    assert f"must not include itself: {path}" in (refusal("a", graph) or "")


def test_unknown_prompt_is_refused() -> None:
    assert "includes b, which is not in this project" in (refusal("a", {"a": ["b"]}) or "")


@pytest.mark.parametrize("position", range(MAX_LEVELS + 2))
def test_too_many_levels_are_refused_wherever_they_come_together(position: int) -> None:
    assert refusal("p0", chain(MAX_LEVELS)) is None

    refused = refusal(f"p{position}", chain(MAX_LEVELS + 1))

    assert refused is not None
    assert refused.endswith(" → ".join(f"P{n}" for n in range(MAX_LEVELS + 2)) + ".")


def test_circle_of_others_does_not_hold_anybody_up() -> None:
    assert "levels" in (refusal("a", {"a": ["b"], "b": ["c"], "c": ["b"]}) or "")
    assert refusal("a", {"a": [], "b": ["c"], "c": ["b"]}) is None


def test_includes_that_multiply_are_refused() -> None:
    """20 × 20 × 20 × 20 × 20 texts of 20,000 characters would be 64 thousand million."""
    graph = {f"p{n}": [f"p{n + 1}"] * 20 if n < 5 else [] for n in range(6)}

    assert "longer than" in (refusal("p0", graph, dict.fromkeys(graph, 20_000)) or "")


def test_whoever_includes_a_text_that_grows_grows_too() -> None:
    graph: dict[str, list[str]] = {"a": ["b"] * 10, "b": []}

    assert refusal("b", graph, {"a": 0, "b": MAX_TOTAL_CHARACTERS // 10}) is None
    assert "must not make “A” longer" in (refusal("b", graph, {"a": 1, "b": MAX_TOTAL_CHARACTERS // 10}) or "")


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.lists(st.sampled_from("abcdefgh"), max_size=4), min_size=1))
def test_what_is_not_refused_can_be_put_together(graph: dict[str, list[str]]) -> None:
    """With every prompt let in one after another, as they are saved: no circle, and no more levels than allowed."""
    accepted: dict[str, list[str]] = {key: [] for key in "abcdefgh"}
    for prompt_id, included in graph.items():
        if refusal(prompt_id, accepted | {prompt_id: included}) is None:
            accepted[prompt_id] = included

    def depth(prompt_id: str, path: tuple[str, ...] = ()) -> int:
        assert prompt_id not in path
        return max((1 + depth(each, (*path, prompt_id)) for each in accepted[prompt_id]), default=0)

    assert max(map(depth, accepted)) <= MAX_LEVELS
