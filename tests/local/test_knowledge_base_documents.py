"""Documents of knowledge bases: their texts, and their chunks."""

from itertools import chain, count

import pytest
from hypothesis import given
from hypothesis import strategies as st

from local.emulator.knowledge_bases.chunks import chunks_of
from local.emulator.knowledge_bases.texts import Unreadable, text_of
from local.emulator.knowledge_bases.vectors import cosine, pack, refusal_of

LENGTHS = st.lists(st.integers(1, 40), max_size=30)


def fixed(tokens: int, overlap: int) -> dict[str, object]:
    sizes = {"maxTokens": tokens, "overlapPercentage": overlap}
    return {"chunkingStrategy": "FIXED_SIZE", "fixedSizeChunkingConfiguration": sizes}


@given(LENGTHS, st.integers(1, 60), st.integers(1, 99))
def test_chunks_contain_all_words_in_order_and_are_no_longer_than_wanted(
    lengths: list[int], tokens: int, overlap: int
) -> None:
    numbers = count()
    text = " ".join(" ".join(f"w{next(numbers)}" for _ in range(length)) + "." for length in lengths)
    chunks = [chunk.split() for chunk in chunks_of(text, fixed(tokens, overlap))]
    assert all(1 <= len(chunk) <= max(1, tokens * 3 // 4) for chunk in chunks)
    assert [chunk[-1] for chunk in chunks] == list(dict.fromkeys(chunk[-1] for chunk in chunks)), "each adds something"
    assert list(dict.fromkeys(chain.from_iterable(chunks))) == text.split()


def test_chunks_overlap_by_whole_sentences() -> None:
    text = "One two three. Four five. Six seven eight. Nine ten."
    assert chunks_of(text, fixed(8, 50)) == [
        "One two three. Four five.",
        "Four five. Six seven eight.",
        "Six seven eight. Nine ten.",
    ]
    assert chunks_of(text, {"chunkingStrategy": "NONE"}) == [text]
    assert chunks_of(text, None) == [text]


@pytest.mark.parametrize(
    ("key", "data", "text"),
    [
        ("page.md", b"\xef\xbb\xbf# Title\n\n  Text\t here \n", "# Title\n\n Text here"),
        ("list.csv", b"a,b\n1,2\n", "a,b\n1,2"),
        ("PAGE.HTML", b"<p>One&amp;<b>t</b>wo<p>three<script>four</script>", "One&two\nthree"),
    ],
)
def test_texts_are_read(key: str, data: bytes, text: str) -> None:
    assert text_of(key, data) == text


@pytest.mark.parametrize(
    ("key", "data", "reason"),
    [
        ("page.docx", b"PK", "format was not supported"),
        ("page", b"text", "format was not supported"),
        ("page.txt", b" \n", "no text"),
        ("page.txt", b"x" * (50 * 2**20 + 1), "50 MB"),
        ("page.pdf", b"%PDF-1.4 broken", "could not be parsed"),
        ("page.html", b"<script>only code</script>", "no text"),
    ],
)
def test_unreadable_documents_have_a_reason(key: str, data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable, match=reason):
        text_of(key, data)


@pytest.mark.parametrize("data", [b"<!--" * 400_000, b"<a " * 400_000])
def test_hostile_pages_cannot_keep_the_parser(data: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KNOWLEDGE_BASE_PARSING_SECONDS", "1")
    with pytest.raises(Unreadable, match="took too long"):
        text_of("page.html", data)


def test_vectors_are_packed_without_loss() -> None:
    vector = [0.6, -0.8, 0.0]
    assert cosine(pack(vector), vector) == pytest.approx(1, abs=1e-6)


def test_s3_vectors_bounds_what_can_be_filtered_by() -> None:
    long, own = "word " * 500, {"MetadataConfiguration": {"NonFilterableMetadataKeys": ["AMAZON_BEDROCK_TEXT"]}}
    assert refusal_of("short", {"Country": "UK"}, {}) is None
    assert "Make AMAZON_BEDROCK_METADATA and AMAZON_BEDROCK_TEXT non-filterable" in str(refusal_of(long, {}, {}))
    assert refusal_of(long, {}, own) is None
    assert "2048 bytes" in str(refusal_of("short", {"notes": long}, own))
    assert "40960 bytes" in str(refusal_of("word " * 9000, {}, own))
