"""Source files are short, and what they define and say is in the field's standard terms."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.architecture.sources import ROOT, each_source, line_count, shown, source_files

MAX_SOURCE_LINES = 500
NAMES_WITHOUT_A_SUBJECT = {"common", "helper", "helpers", "misc", "util", "utils"}

# Private words, each with the standard term, in names; those of PRIVATE_PROSE in texts as well.
PRIVATE_WORDS = {
    "asked": "requested, called",
    "complaint": "error",
    "desk": "service, handler",
    "door": "endpoint, route, server",
    "judge": "validate, policy",
    "known": "stored, existing, supported",
    "mend": "repair, patch",
    "told": "reported, result",
    "unfollowed": "without followers",
}
PRIVATE_PROSE = re.compile(
    r"\b(doors?|(?<!help[ -])desks?|mend(s|ed|ing)?|(?-i:complaints?)|judg(e|es|ed|ing)|unfollowed)\b", re.IGNORECASE
)


@each_source
def test_source_file_is_short(file: Path) -> None:
    assert line_count(file) <= MAX_SOURCE_LINES, (
        f"{shown(file)} has {line_count(file)} lines, {MAX_SOURCE_LINES} are allowed: split it by subject"
    )


@each_source
def test_module_name_says_its_subject(file: Path) -> None:
    assert file.stem not in NAMES_WITHOUT_A_SUBJECT, f"{shown(file)}: name the module after what it is about"


def defined_names(file: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(file.read_text())):
        match node:
            case ast.FunctionDef(name=name) | ast.AsyncFunctionDef(name=name) | ast.ClassDef(name=name):
                yield name
            case ast.arg(arg=name) | ast.Name(id=name, ctx=ast.Store()) | ast.Attribute(attr=name, ctx=ast.Store()):
                yield name


def words_of(name: str) -> list[str]:
    """`maxItems`, `max_items` and `MaxItems` → max, items"""
    name = re.sub("help_?desk", "", name, flags=re.IGNORECASE)
    return [word.lower() for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)]


def standard_term(name: str) -> str | None:
    """What to write in the place of a private word in the name; None where there is none."""
    words = words_of(name)
    if words[:1] == ["most"]:
        return "max_…"
    return next((PRIVATE_WORDS[word] for each in words for word in (each, each[:-1]) if word in PRIVATE_WORDS), None)


def test_names_are_standard_terms() -> None:
    found = [
        f"{shown(file)}: {name}: use a standard term: {term}"
        for file in source_files()
        if file.suffix == ".py"
        for name in defined_names(file)
        if (term := standard_term(name))
    ]
    assert not found, "\n".join(found)


def test_texts_use_standard_terms() -> None:
    texts = {*source_files(), *ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")} - {Path(__file__)}
    found = [
        f"{shown(file)}: “{word[0]}”: use a standard term"
        for file in sorted(texts)
        for word in PRIVATE_PROSE.finditer(file.read_text())
    ]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("name", ["asked", "wasAsked", "known_ids", "JudgesWork", "_most_bytes", "MOST_BYTES", "doors"])
def test_private_word_is_found_in_a_name(name: str) -> None:
    assert standard_term(name)


@pytest.mark.parametrize("name", ["unknown", "help_desk", "HelpDeskApi", "almost", "task", "max_bytes", "indoors"])
def test_standard_name_is_accepted(name: str) -> None:
    assert standard_term(name) is None
