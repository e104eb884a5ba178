import pytest

from shared.dynamodb.expressions import (
    Condition,
    Placeholders,
    add,
    attribute,
    discard,
    remove,
    set_if_missing,
    set_to,
    update_text,
)


def written(condition: Condition) -> tuple[str, object]:
    known = Placeholders()
    return condition.text(known), known.arguments()


def test_names_and_values_go_through_placeholders() -> None:
    assert written(attribute("status") == "done") == (
        "#0 = :0",
        {"ExpressionAttributeNames": {"#0": "status"}, "ExpressionAttributeValues": {":0": {"S": "done"}}},
    )


@pytest.mark.parametrize(
    ("condition", "text"),
    [
        (attribute("a") != 1, "#0 <> :0"),
        (attribute("a") < 1, "#0 < :0"),
        (attribute("a") <= 1, "#0 <= :0"),
        (attribute("a") > 1, "#0 > :0"),
        (attribute("a") >= 1, "#0 >= :0"),
        (attribute("a") <= attribute("b"), "#0 <= #1"),
        (attribute("a").between(1, 2), "#0 BETWEEN :0 AND :1"),
        (attribute("a").is_in(["x", "y"]), "#0 IN (:0, :1)"),
        (attribute("a").starts_with("x"), "begins_with(#0, :0)"),
        (attribute("a").contains("x"), "contains(#0, :0)"),
        (attribute("a").size_below(3), "size(#0) < :0"),
        (attribute("a").exists(), "attribute_exists(#0)"),
        (attribute("a").missing(), "attribute_not_exists(#0)"),
        (attribute(("a", "b")).missing() | (attribute("b") == 1), "(attribute_not_exists(#0.#1) OR #1 = :0)"),
        (~(attribute("a") == 1) & attribute("a").exists(), "((NOT #0 = :0) AND attribute_exists(#0))"),
    ],
)
def test_conditions_are_written_as_dynamodb_reads_them(condition: Condition, text: str) -> None:
    assert written(condition)[0] == text


def test_condition_without_values_has_none() -> None:
    assert written(attribute("a").exists())[1] == {"ExpressionAttributeNames": {"#0": "a"}}


def test_condition_is_neither_true_nor_false() -> None:
    with pytest.raises(TypeError, match="&"):
        bool(attribute("a") == 1)


def test_changes_are_gathered_by_their_kind() -> None:
    known = Placeholders()
    changes = [
        set_to("a", 1),
        add("n", 1),
        remove(("m", "k")),
        set_if_missing("b", "x"),
        discard("s", frozenset({"x"})),
        set_to("c", None),
    ]

    text = update_text(changes, known)

    assert text == "SET #0 = :0, #4 = if_not_exists(#4, :2) ADD #1 :1 REMOVE #2.#3, #6 DELETE #5 :3"


def test_change_that_counts_is_not_repeatable() -> None:
    assert not add("n", 1).repeatable
    assert not set_to("a", attribute("b")).repeatable
    assert all(
        change.repeatable
        for change in (set_to("a", 1), remove("a"), add("s", frozenset({"x"})), discard("s", frozenset({"x"})))
    )


def test_update_without_changes_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="change"):
        update_text([], Placeholders())
