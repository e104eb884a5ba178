"""Titan's embeddings: the golden values are those of onnxruntime and Hugging Face's tokenizer with the same weights."""

import json
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from local.model import embeddings
from local.model.errors import AccessDeniedException
from local.model.minilm.encoder import Encoder
from local.model.process import ModelProcess
from tests.local.model.conftest import runtime_client

TITAN = "amazon.titan-embed-text-v2:0"
MONEY = "How do I get my money back?"

type Embed = Callable[..., dict[str, Any]]


@pytest.fixture
def embed(bedrock: Any) -> Embed:
    def embed(text: str, **settings: object) -> dict[str, Any]:
        body = json.dumps({"inputText": text} | settings)
        answer: dict[str, Any] = json.loads(bedrock.invoke_model(modelId=TITAN, body=body)["body"].read())
        return answer

    return embed


@cache
def encoder() -> Encoder:
    return Encoder.load()


@pytest.mark.parametrize(
    ("one", "other", "cosine"),
    [
        ("Screening finds cancer", "Cancer is found by screening", 0.9348),
        ("Screening finds cancer", "A run in the park", 0.0068),
        (MONEY, "We refund whatever you return within thirty days.", 0.5151),
        (MONEY, "Our volunteers knit hats for premature babies.", -0.076),
        ("café NAÏVE", "cafe naive", 1.0),
        ("Wann öffnet ihr?", "東京タワー", 0.1716),
    ],
)
def test_cosines_are_those_of_the_original_model(embed: Embed, one: str, other: str, cosine: float) -> None:
    for dimensions in (512, 1024):
        found = np.dot(embed(one, dimensions=dimensions)["embedding"], embed(other, dimensions=dimensions)["embedding"])
        assert found == pytest.approx(cosine, abs=1e-4)


def test_meanings_are_nearer_than_words(embed: Embed) -> None:
    passages = [
        "We refund whatever you return within thirty days.",
        "Tax relief adds 25p to each pound that you donate.",
        "Volunteers must be eighteen or older.",
        "Money back home: the story of a migrant who got rich.",
    ]
    vectors = np.array([embed(passage, dimensions=256)["embedding"] for passage in passages])
    questions = {MONEY: 0, "Is Gift Aid worth it?": 1, "At what age can I help out in a shop?": 2}
    for question, right in questions.items():
        assert int(np.argmax(vectors @ embed(question, dimensions=256)["embedding"])) == right


@pytest.mark.parametrize(
    ("text", "pieces"),
    [
        ("Réclamer £25: it's unaffordable!", "rec ##lam ##er £2 ##5 : it ' s una ##ff ##ord ##able !"),
        ("東京 tower", "東 京 tower"),
        ("a\u200bb\x00\tİ", "ab i"),
        (" \n ", ""),
        ("x" * 101, "[UNK]"),
    ],
)
def test_texts_are_cut_into_the_pieces_of_bert(text: str, pieces: str) -> None:
    names = {number: piece for piece, number in encoder().pieces.vocabulary.items()}
    assert " ".join(names[number] for number in encoder().pieces.encode(text)) == pieces


@settings(max_examples=20, deadline=None)
@given(st.text(max_size=40))
def test_every_text_has_one_finite_vector(text: str) -> None:
    vector = encoder().encode(text)
    assert np.isfinite(vector).all()
    assert np.linalg.norm(vector) > 0
    assert np.array_equal(vector, encoder().encode(text))


def test_vectors_have_the_length_and_the_types_that_were_wanted(embed: Embed) -> None:
    for dimensions in (256, 512, 1024):
        vector = np.array(embed(MONEY, dimensions=dimensions)["embedding"])
        assert len(vector) == dimensions
        assert np.linalg.norm(vector) == pytest.approx(1, abs=1e-6)
        long = np.array(embed(MONEY, dimensions=dimensions, normalize=False)["embedding"])
        assert np.linalg.norm(long) > 2
        assert long / np.linalg.norm(long) == pytest.approx(vector, abs=1e-6)
    default = embed(MONEY)
    assert len(default["embedding"]) == 1024
    assert default["embeddingsByType"] == {"float": default["embedding"]}
    binary = embed(MONEY, embeddingTypes=["binary"])
    assert binary["embeddingsByType"]["binary"] == [int(value > 0) for value in default["embedding"]]
    assert "embedding" not in binary
    assert binary["inputTextTokenCount"] == default["inputTextTokenCount"] > 4


def test_long_texts_are_read_to_their_end(embed: Embed) -> None:
    filler = "The library opens at nine and closes at five. " * 100
    plain, cats = (
        embed(filler + end)["embedding"] for end in ("", "Cats purr, kittens meow and whiskers twitch. " * 50)
    )
    wanted = embed("A story about cats")["embedding"]
    assert np.dot(cats, wanted) > np.dot(plain, wanted) + 0.1


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ([], "expected type: JSONObject"),
        ({}, r"required key \[inputText\] not found"),
        ({"inputText": 3}, "#/inputText: expected type: String, found: Integer"),
        ({"inputText": ""}, "expected minLength: 1, actual: 0"),
        ({"inputText": "x " * 25_001}, "expected maxLength: 50000, actual: 50002"),
        ({"inputText": "x", "dimensions": 300}, "#/dimensions: 300 is not a valid enum value"),
        ({"inputText": "x", "dimensions": "512"}, "#/dimensions: 512 is not a valid enum value"),
        ({"inputText": "x", "normalize": "no"}, "#/normalize: expected type: Boolean, found: String"),
        ({"inputText": "x", "embeddingTypes": ["int8"]}, "#/embeddingTypes/0: int8 is not a valid enum value"),
        ({"inputText": "x", "embeddingTypes": "float"}, "#/embeddingTypes: expected type: JSONArray, found: String"),
        ({"inputText": "x", "truncate": True}, r"extraneous key \[truncate\] is not permitted"),
    ],
)
def test_malformed_embedding_requests_are_refused(bedrock: Any, body: object, words: str) -> None:
    with pytest.raises(bedrock.exceptions.ValidationException, match=f"Malformed input request: .*{words}"):
        bedrock.invoke_model(modelId=TITAN, body=json.dumps(body))


def test_too_many_tokens_are_refused(embed: Embed, bedrock: Any) -> None:
    with pytest.raises(bedrock.exceptions.ValidationException, match=r"Too many input tokens.*: 8192,"):
        embed("a " * 8193)


def test_missing_packages_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    request = embeddings.read({"inputText": MONEY})
    monkeypatch.setattr(embeddings, "NEEDED_PACKAGES", ("numpy", "package_that_nobody_has"))
    with pytest.raises(AccessDeniedException, match="uv sync --group embeddings"):
        embeddings.embed(request)


def test_streams_and_questions_go_on_while_long_texts_are_embedded(
    stand_in: ModelProcess, bedrock: Any, embed: Embed, word: str
) -> None:
    """The long text takes seconds; all that comes after it is answered before it."""
    finished: list[str] = []

    def embed_long_text() -> None:
        runtime_client(stand_in.endpoint).invoke_model(
            modelId=TITAN, body=json.dumps({"inputText": f"{word} " + "refund " * 3500})
        )
        finished.append("long text")

    with ThreadPoolExecutor(1) as threads:
        threads.submit(embed_long_text)
        while not stand_in.requests(word):
            pass
        turn = {"role": "user", "content": [{"text": "What can you do for me?"}]}
        list(bedrock.converse_stream(modelId="amazon.nova-lite-v1:0", messages=[turn])["stream"])
        embed(MONEY)
        finished.append("others")
    assert finished == ["others", "long text"]
