"""The diagrams of each context's features and their dependencies in docs/architecture.md, from import-linter's graph.

Dependencies through another feature are left out.
"""

import re
from pathlib import Path

import grimp

from generate.functions import CONTEXTS, ROOT

_FILE = ROOT / "docs/architecture.md"
_BLOCK = re.compile(r"(?P<begin><!-- features -->\n).*?(?P<end><!-- end of features -->\n)", re.DOTALL)

type Arrows = dict[str, set[str]]
"""The features that each feature imports."""


def features_page() -> dict[Path, str]:
    """docs/architecture.md with current diagrams."""
    graph = grimp.build_graph("shared", *CONTEXTS)
    drawings = "".join(_drawing(context, arrows_of(graph, context)) for context in CONTEXTS)
    changed, found = _BLOCK.subn(lambda match: f"{match['begin']}\n{drawings}{match['end']}", _FILE.read_text())
    if found != 1:
        raise SystemExit(f"{_FILE.relative_to(ROOT)} needs one block of features, and has {found}")
    return {_FILE: changed}


def arrows_of(graph: grimp.ImportGraph, context: str) -> Arrows:
    features = {module for module in graph.find_children(context) if graph.find_children(module)}
    arrows: Arrows = {feature: set() for feature in features}
    for feature in features:
        for module in {feature, *graph.find_descendants(feature)}:
            for imported in graph.find_modules_directly_imported_by(module):
                other = ".".join(imported.split(".")[:2])
                if other in features - {feature}:
                    arrows[feature].add(other)
    return arrows


def without_detours(arrows: Arrows) -> Arrows:
    """Transitively reduced: without a → c if there is a → b → c."""

    def reached(feature: str) -> set[str]:
        return arrows[feature].union(*(reached(other) for other in arrows[feature]))

    return {feature: others - set().union(*(reached(other) for other in others)) for feature, others in arrows.items()}


def _drawing(context: str, arrows: Arrows) -> str:
    lines = [f"```mermaid\nflowchart BT\n    subgraph {context}\n"]
    for feature, others in sorted(without_detours(arrows).items()):
        name = feature.partition(".")[2]
        lines += [f"        {name} --> {other.partition('.')[2]}\n" for other in sorted(others)] or [
            f"        {name}\n"
        ]
    return "".join([*lines, "    end\n```\n\n"])
