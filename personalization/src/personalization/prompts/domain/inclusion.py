"""Limits on prompts that include each other: no circles, not too deep, not too long."""

from collections.abc import Callable, Mapping, Sequence

from shared.errors import FieldError, Invalid

MAX_LEVELS = 5
MAX_TOTAL_CHARACTERS = 100_000

type Graph = Mapping[str, Sequence[str]]
"""By prompt, the prompts that it includes, each as often as it is included."""


def require_valid_inclusion(
    prompt_id: str, graph: Graph, characters: Mapping[str, int], title: Callable[[str], str]
) -> None:
    """Raises Invalid, with the path, if `prompt_id` closes a circle, is nested too deep, or makes a text too long.

    `characters` are the lengths of the prompts' own texts; `title` names a prompt to people.
    """
    if missing := [included for included in graph[prompt_id] if included not in graph]:
        raise _refusal(f"includes {missing[0]}, which is not in this project")
    below = _longest_path(prompt_id, graph, prompt_id)
    if below[-1] == prompt_id and len(below) > 1:
        raise _refusal(f"must not include itself: {_shown(below, title)}")
    above = _longest_path(prompt_id, _reversed(graph), None)
    path = [*reversed(above[1:]), *below]
    if len(path) - 1 > MAX_LEVELS:
        raise _refusal(
            f"must not be nested more than {MAX_LEVELS} levels deep: {_shown(path[: MAX_LEVELS + 2], title)}"
        )
    lengths = _lengths(graph, characters)
    longest = max(_including(prompt_id, graph), key=lambda each: lengths[each])
    if lengths[longest] > MAX_TOTAL_CHARACTERS:
        limit = f"{MAX_TOTAL_CHARACTERS:,} characters"
        raise _refusal(f"must not make “{title(longest)}” longer than {limit} with all that it includes")


def _longest_path(start: str, graph: Graph, goal: str | None) -> list[str]:
    """The longest path down from `start`, cut off beyond what is allowed; or the shortest that ends in `goal`."""
    came_from: list[dict[str, str]] = []
    level = {start}
    while len(came_from) <= MAX_LEVELS or (goal is not None and len(came_from) <= len(graph)):
        below = {included: prompt for prompt in sorted(level) for included in graph.get(prompt, ())}
        if not below:
            break
        came_from.append(below)
        level = set(below)
        if goal in level:
            break
    path = [goal if goal is not None and goal in level and came_from else min(level)]
    for step in reversed(came_from):
        path.append(step[path[-1]])
    return path[::-1]


def _reversed(graph: Graph) -> dict[str, list[str]]:
    including: dict[str, list[str]] = {}
    for prompt, included in graph.items():
        for each in included:
            including.setdefault(each, []).append(prompt)
    return including


def _lengths(graph: Graph, characters: Mapping[str, int]) -> dict[str, int]:
    """The length of each prompt's text with all that it includes, down to the deepest level allowed."""
    lengths = {prompt_id: characters.get(prompt_id, 0) for prompt_id in graph}
    for _ in range(MAX_LEVELS):
        lengths = {
            prompt_id: characters.get(prompt_id, 0) + sum(lengths.get(each, 0) for each in included)
            for prompt_id, included in graph.items()
        }
    return lengths


def _including(prompt_id: str, graph: Graph) -> set[str]:
    """The prompt, and all that include it directly or indirectly."""
    including, found = _reversed(graph), {prompt_id}
    while further := {each for prompt in found for each in including.get(prompt, ())} - found:
        found |= further
    return found


def _shown(path: Sequence[str], title: Callable[[str], str]) -> str:
    return " → ".join(title(prompt_id) for prompt_id in path)


def _refusal(message: str) -> Invalid:
    return Invalid(f"The content {message}.", [FieldError("content", message)])
