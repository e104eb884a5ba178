"""Templates of prompts: what is text, what is a variable, and that values stay what they are."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.prompts.domain.templates import (
    Include,
    Template,
    Variable,
    parse,
    require_declared,
    require_values,
)
from shared.errors import Invalid

NAMES = st.from_regex(r"[A-Za-z_][A-Za-z0-9_]{0,8}", fullmatch=True)
IDS = st.from_regex(r"[a-z0-9-]{1,12}", fullmatch=True)
TEXTS = st.text(st.sampled_from("ab{}\\> \n§é👟"), max_size=30)


def escaped(text: str) -> str:
    """The text as it has to be written to stand for itself."""
    return re.sub(r"(\\*)\{\{", r"\1\1\\{{", text)


def written(parts: list[str | Variable | Include]) -> str:
    return "".join(
        escaped(part)
        if isinstance(part, str)
        else f"{{{{ {part.name} }}}}"
        if isinstance(part, Variable)
        else f"{{{{> {part.prompt_id}}}}}"
        for part in parts
    )


# A brace or backslash at the edge of a text would join with the tag beside it.
PARTS = st.lists(
    st.one_of(
        st.text(st.characters(exclude_characters="{}\\"), min_size=1, max_size=10),
        st.builds(Variable, NAMES),
        st.builds(Include, IDS),
    ),
    max_size=15,
)


def test_template_has_text_variables_and_includes() -> None:
    template = parse("Write for {{audience}}, {{ tone }}.\n{{> house-style}}")

    assert template.parts == (
        "Write for ",
        Variable("audience"),
        ", ",
        Variable("tone"),
        ".\n",
        Include("house-style"),
    )
    assert template.variables == {"audience", "tone"}
    assert template.includes == ("house-style",)


@pytest.mark.parametrize("text", ['{"a": {"b": 1}}', "{ {x} }", "a } b }}", "\\", "\\{", "{", "ends {"])
def test_single_braces_are_text(text: str) -> None:
    assert parse(text).rendered({}) == text


def test_escaped_braces_are_braces() -> None:
    assert parse(r"\{{audience}}").rendered({}) == "{{audience}}"


@given(st.integers(0, 9), st.text(st.characters(exclude_characters="\\{"), max_size=5))
def test_each_two_backslashes_before_braces_are_one(backslashes: int, before: str) -> None:
    rendered = parse(f"{before}{'\\' * backslashes}{{{{who}}}}").rendered({"who": "us"})

    pairs, is_escaped = divmod(backslashes, 2)
    assert rendered == before + "\\" * pairs + ("{{who}}" if is_escaped else "us")


@pytest.mark.parametrize("text", [r"\\server\share", r"\\{", r"\n", "\\" * 20_000])
def test_backslashes_elsewhere_are_text(text: str) -> None:
    assert parse(text).rendered({}) == text


@pytest.mark.parametrize(
    "text", ["{{", "{{}}", "{{ }}", "{{1st}}", "{{a b}}", "{{a", "{{{a}}}", "{{>}}", "{{> a b}}", "{{é}}", "{{a\n}}"]
)
def test_braces_that_begin_nothing_are_refused_by_line(text: str) -> None:
    with pytest.raises(Invalid) as refused:
        parse(f"first line\n{text}")

    assert "line 2" in refused.value.detail
    assert [error.field for error in refused.value.errors] == ["content"]


def test_more_includes_than_allowed_are_refused() -> None:
    parse("{{> a}}" * 20)
    with pytest.raises(Invalid):
        parse("{{> a}}" * 21)


@given(PARTS)
def test_what_was_written_is_what_is_read(parts: list[str | Variable | Include]) -> None:
    template = parse(written(parts))

    assert list(template.includes) == [part.prompt_id for part in parts if isinstance(part, Include)]
    assert template.variables == {part.name for part in parts if isinstance(part, Variable)}


@given(PARTS, st.data())
def test_values_are_put_in_as_they_are(parts: list[str | Variable | Include], data: st.DataObject) -> None:
    parts = [part for part in parts if not isinstance(part, Include)]
    names = {part.name for part in parts if isinstance(part, Variable)}
    hostile = st.one_of(
        st.text(), st.sampled_from(["{{x}}", "{{> other}}", "\\{{", "{{", "}}", *(f"{{{{{n}}}}}" for n in names)])
    )
    values = {name: data.draw(hostile) for name in sorted(names)}

    rendered = parse(written(parts)).rendered(values)

    assert rendered == "".join(values[part.name] if isinstance(part, Variable) else str(part) for part in parts)


@given(TEXTS)
def test_any_text_can_be_written_so_that_it_stands_for_itself(text: str) -> None:
    assert parse(escaped(text)).rendered({}) == text


@given(st.text(max_size=200))
def test_every_text_is_read_or_refused(text: str) -> None:
    try:
        template = parse(text)
    except Invalid:
        assert "{{" in text
    else:
        assert "{{" in text or template.rendered({}) == text


def test_included_texts_stand_in_the_place_of_their_includes() -> None:
    templates = {
        "a": parse("A {{x}} {{> b}}."),
        "b": parse("B {{y}} {{> c}}"),
        "c": parse("C"),
    }

    whole = templates["a"].including(templates)

    assert whole == Template(("A ", Variable("x"), " B ", Variable("y"), " C."))
    assert whole.rendered({"x": "{{> c}}", "y": "{{x}}"}) == "A {{> c}} B {{x}} C."


def test_template_is_not_rendered_without_its_includes() -> None:
    with pytest.raises(ValueError, match="expanded"):
        parse("{{> b}}").rendered({})


def test_undeclared_variables_are_named() -> None:
    require_declared(parse("{{a}}"), ["a", "unused"])

    with pytest.raises(Invalid) as refused:
        require_declared(parse("{{b}} {{a}} {{c}}"), ["a"])
    assert refused.value.detail == "Declare these variables: b, c."


def test_missing_and_unknown_values_are_named() -> None:
    require_values(frozenset({"a"}), {"a": ""})

    with pytest.raises(Invalid) as refused:
        require_values(frozenset({"a", "b"}), {"b": "1", "c": "2"})
    assert [(error.field, error.message) for error in refused.value.errors] == [
        ("variables.a", "is required"),
        ("variables.c", "is no variable of these prompts: leave it out"),
    ]
