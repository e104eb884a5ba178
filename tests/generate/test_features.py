from generate.features import without_detours


def test_arrow_that_others_make_is_left_out() -> None:
    arrows = {"a": {"b", "c", "d"}, "b": {"c"}, "c": {"d"}, "d": set[str]()}

    assert without_detours(arrows) == {"a": {"b"}, "b": {"c"}, "c": {"d"}, "d": set()}


def test_arrows_that_nothing_else_says_stay() -> None:
    arrows = {"a": {"b", "c"}, "b": set[str](), "c": set[str]()}

    assert without_detours(arrows) == arrows
