"""Finds the files of a route: its handler, test and sample event share one stem, with its function but for a router."""

import inspect
from collections.abc import Iterator, Mapping
from pathlib import Path

from generate.functions import ROOT, Function, functions, shown
from shared.http.contract import Route

type Files = Mapping[str, Path | None]


def files_of_routes(wanted: str = "") -> Iterator[tuple[Route, Function, Files]]:
    """Every route, or only `wanted`, with its files by kind; None for a missing file."""
    for function in functions():
        for route in function.routes:
            if wanted in ("", str(route)):
                yield route, function, files_of(route, function)


def files_of(route: Route, function: Function) -> Files:
    handler = function.file_of(route)
    stem, feature = handler.stem, handler.parent.parent.name
    context = function.properties["Handler"].partition(".")[0]
    tests = sorted((ROOT / "tests" / context).rglob(f"test_{stem}.py"))
    files: dict[str, Path | None] = {
        "handler": _existing(handler),
        "template": function.template if _stem(function.name) == function.file.stem else None,
        "test": next((test for test in tests if test.parent.name == feature), None),
        "sample event": _existing(ROOT / "events" / context / f"{stem}.json")
        or _existing(ROOT / "events" / context / f"{function.file.stem}.json"),
    }
    if route.body:
        files["requests"] = Path(inspect.getfile(route.body))
    return files


def report(wanted: str) -> tuple[str, bool]:
    """The report, with one block per route, and whether it is complete."""
    lines, missing, found = [], 0, list(files_of_routes(wanted))
    for route, function, files in found:
        lines += [f"{route}", f"  {function.name}, {function.owner}"]
        lines += [f"  {what:13} {shown(file) if file else 'MISSING'}" for what, file in files.items()]
        missing += sum(file is None for file in files.values())
    lines.append(f"{len(found)} routes, {missing} files missing")
    return "\n".join(lines), bool(found) and not missing


def _existing(file: Path) -> Path | None:
    return file if file.is_file() else None


def _stem(function_name: str) -> str:
    """`get_profile` of GetProfileFunction."""
    name = function_name.removesuffix("Function")
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name).removeprefix("_")
