import pytest
from hypothesis import given
from hypothesis import strategies as st

from personalization.agent.domain.citing import Citations, without_markers


def read(pages: int, *pieces: str) -> Citations:
    citations = Citations(pages)
    for piece in pieces:
        citations.read(piece)
    citations.rest()
    return citations


@pytest.mark.parametrize(
    ("said", "text", "cited"),
    [
        ("Walk with us [1].", "Walk with us [1].", (1,)),
        ("Give [3]. Walk [1]. Give again [3].", "Give [1]. Walk [2]. Give again [1].", (3, 1)),
        ("Walk [9].", "Walk.", ()),
        ("Walk [0].", "Walk.", ()),
        ("Walk [2, 9].", "Walk [1].", (2,)),
        ("Walk [2, 3][2].", "Walk [1][2][1].", (2, 3)),
        ("Walk[1]", "Walk[1]", (1,)),
        ("Options [a], [] and [1990].", "Options [a], [] and [1990].", ()),
        ("An open [1", "An open [1", ()),
        ("No pages at all.", "No pages at all.", ()),
        ("Ends with space \n", "Ends with space \n", ()),
    ],
)
def test_markers_count_the_pages_in_the_order_in_which_they_are_cited(
    said: str, text: str, cited: tuple[int, ...]
) -> None:
    citations = read(4, said)

    assert (citations.text, citations.cited) == (text, cited)


def test_where_there_are_no_pages_nothing_is_a_marker() -> None:
    assert read(0, "Write list[1] [2].").text == "Write list[1] [2]."


def test_words_are_not_held_back_longer_than_a_marker_may_come() -> None:
    citations = Citations(2)

    assert [citations.read(piece) for piece in ("Walk", " with us", " [", "1", "].", " Bye")] == [
        "Walk",
        " with us",
        "",
        "",
        " [1].",
        " Bye",
    ]


answers = st.lists(st.sampled_from(["Walk", " ", ".", "[", "]", "1", "2", "9", ",", "[1]", " [2]", "\n"]), max_size=30)


@given(answers, st.integers(0, 3), st.data())
def test_an_answer_reads_the_same_however_it_is_cut(parts: list[str], pages: int, data: st.DataObject) -> None:
    whole = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]

    together, apart = read(pages, whole), read(pages, *pieces)

    assert (apart.text, apart.cited) == (together.text, together.cited)
    assert set(apart.cited) <= set(range(1, pages + 1))
    assert len(set(apart.cited)) == len(apart.cited)


def test_earlier_answers_are_repeated_without_their_numbers() -> None:
    assert without_markers("Walk with us [1]. Or give [2][1].") == "Walk with us. Or give."
