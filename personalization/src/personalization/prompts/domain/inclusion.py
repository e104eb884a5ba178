"""What prompts that include each other must not become: endless, deep or huge."""

from collections.abc import Callable, Mapping, Sequence

from shared.errors import FieldError, Invalid

MOST_LEVELS = 5
MOST_CHARACTERS_TOGETHER = 100_000

type Graph = Mapping[str, Sequence[str]]
"""For each prompt those that it includes, one as often as it is included."""


def require_sound(prompt_id: str, graph: Graph, characters: Mapping[str, int], title: Callable[[str], str]) -> None:
    """Raises Invalid, with the path, where `prompt_id` closes a circle, is nested too deep, or makes a text too long.

    `characters` are the lengths of the prompts' own texts; `title` names a prompt to people.
    """
    if unknown := [included for included in graph[prompt_id] if included not in graph]:
        raise _refusal(f"includes a prompt that is not in this project: {unknown[0]}")
    below = _longest_path(prompt_id, graph, prompt_id)
    if below[-1] == prompt_id and len(below) > 1:
        raise _refusal(f"includes itself: {_shown(below, title)}")
    above = _longest_path(prompt_id, _reversed(graph), None)
    path = [*reversed(above[1:]), *below]
    if len(path) - 1 > MOST_LEVELS:
        raise _refusal(f"is included over more than {MOST_LEVELS} levels: {_shown(path[: MOST_LEVELS + 2], title)}")
    lengths = _lengths(graph, characters)
    longest = max(_including(prompt_id, graph), key=lambda each: lengths[each])
    if lengths[longest] > MOST_CHARACTERS_TOGETHER:
        most = f"{MOST_CHARACTERS_TOGETHER:,} characters"
        raise _refusal(f"makes “{title(longest)}” longer than {most} with all that it includes")


def _longest_path(start: str, graph: Graph, goal: str | None) -> list[str]:
    """The longest way down from `start`, cut off beyond what is allowed; or the shortest that ends in `goal`."""
    came_from: list[dict[str, str]] = []
    level = {start}
    while len(came_from) <= MOST_LEVELS or (goal is not None and len(came_from) <= len(graph)):
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
    turned: dict[str, list[str]] = {}
    for prompt, included in graph.items():
        for each in included:
            turned.setdefault(each, []).append(prompt)
    return turned


def _lengths(graph: Graph, characters: Mapping[str, int]) -> dict[str, int]:
    """How long each prompt's text is with all that it includes, down to the last level that is allowed."""
    lengths = {prompt_id: characters.get(prompt_id, 0) for prompt_id in graph}
    for _ in range(MOST_LEVELS):
        lengths = {
            prompt_id: characters.get(prompt_id, 0) + sum(lengths.get(each, 0) for each in included)
            for prompt_id, included in graph.items()
        }
    return lengths


def _including(prompt_id: str, graph: Graph) -> set[str]:
    """The prompt, and all that include it, however indirectly."""
    including, found = _reversed(graph), {prompt_id}
    while further := {each for prompt in found for each in including.get(prompt, ())} - found:
        found |= further
    return found


def _shown(path: Sequence[str], title: Callable[[str], str]) -> str:
    return " → ".join(title(prompt_id) for prompt_id in path)


def _refusal(message: str) -> Invalid:
    return Invalid(f"The content {message}.", [FieldError("content", message)])
