"""Whisper's decoder on numpy: what text is likely, given a sound that has been encoded.

CTranslate2 scores a string by running the whole decoder for each and by projecting the sound's keys and values anew for
each: 0.14 CPU s a string. Here the sound is projected once, common beginnings are computed once, and only the tokens that
may come next are looked up: a search over all strings of six digits costs less than one string did.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tokens = NDArray[np.int64]

_EPSILON = 1e-5  # torch.nn.LayerNorm's default, with which Whisper was trained
_NEVER = np.float32(-1e9)
ROWS_AT_A_TIME = 1024  # of the table of tokens in single precision: 2 MB stay in the processor's cache
# The table is in the order of how common its tokens are. What a sound adds to a sentence is the same against these as against
# all 51,865, within 0.25 a token on 52 right, wrong and broken English ones, at a fifth of the cost (right ones gain 1.6 or more).
COMMONEST = 8192


@dataclass(frozen=True)
class Memory:
    """The encoded sound as each layer's cross-attention reads it: keys heads × 64 × T, values heads × T × 64."""

    layers: tuple[tuple[Floats, Floats], ...]


@dataclass(frozen=True)
class Past:
    """What B texts have said so far: keys and values of each layer, B × heads × P × 64, and which of P slots are filled."""

    layers: tuple[tuple[Floats, Floats], ...]
    filled: NDArray[np.bool_]  # B × P; texts of one batch may differ in length

    def take(self, rows: Sequence[int] | NDArray[np.int64]) -> Past:
        index = np.asarray(rows, np.int64)
        return Past(tuple((k[index], v[index]) for k, v in self.layers), self.filled[index])

    def up_to(self, lengths: NDArray[np.int64]) -> Past:
        """As it was after the first `lengths` (B) slots of each text: what was said later is not heard of again."""
        return Past(self.layers, self.filled & (np.arange(self.filled.shape[1]) < lengths[:, None]))


@dataclass(frozen=True)
class _Linear:
    weight: Floats  # in × out
    bias: Floats

    def __call__(self, x: Floats) -> Floats:
        # One large product instead of one for each text of the batch.
        out: Floats = x.reshape(-1, x.shape[-1]) @ self.weight
        out += self.bias
        return out.reshape(*x.shape[:-1], -1)


@dataclass(frozen=True)
class _Norm:
    gamma: Floats
    beta: Floats

    def __call__(self, x: Floats) -> Floats:
        centred = x - x.mean(-1, keepdims=True)
        variance = np.einsum("...i,...i->...", centred, centred)[..., None] / np.float32(x.shape[-1])
        normed: Floats = centred / np.sqrt(variance + np.float32(_EPSILON)) * self.gamma + self.beta
        return normed


@dataclass(frozen=True)
class _Layer:
    self_norm: _Norm
    self_in: _Linear  # queries, keys and values side by side
    self_out: _Linear
    cross_norm: _Norm
    cross_query: _Linear
    cross_memory: _Linear  # keys and values side by side
    cross_out: _Linear
    feed_norm: _Norm
    feed_in: _Linear
    feed_out: _Linear


class SpeechDecoder:
    """The text half of Whisper in single precision. Immutable after construction; shared by every clip."""

    def __init__(self, weights: Mapping[str, NDArray[Any]]) -> None:
        self._heads = int(weights["decoder/num_heads"])
        self._embeddings = weights["decoder/embeddings/weight"]  # half precision, mapped: rows are read as needed
        self._positions = _single(weights["decoder/position_encodings/encodings"])
        self._norm = _norm(weights, "decoder/layer_norm")
        count = sum(name.endswith("/self_attention/linear_0/weight") for name in weights if name.startswith("decoder/"))
        self._layers = tuple(_layer(weights, f"decoder/layer_{index}") for index in range(count))

    def remember(self, encoded: Floats) -> Memory:
        """Project a sound, T × width as the encoder gave it, for every layer. Once a clip."""
        return Memory(tuple(self._memory_of(layer, encoded) for layer in self._layers))

    def _memory_of(self, layer: _Layer, encoded: Floats) -> tuple[Floats, Floats]:
        keys, values = np.split(layer.cross_memory(encoded), 2, axis=-1)
        keys = keys.reshape(len(encoded), self._heads, -1)
        values = values.reshape(len(encoded), self._heads, -1)
        return np.ascontiguousarray(keys.transpose(1, 2, 0)), np.ascontiguousarray(values.transpose(1, 0, 2))

    def beginning(self) -> Past:
        """One text in which nothing is said yet."""
        width = self._positions.shape[1] // self._heads
        nothing = np.zeros((1, self._heads, 0, width), np.float32)
        return Past(tuple((nothing, nothing) for _ in self._layers), np.zeros((1, 0), np.bool_))

    def advance(self, memory: Memory, past: Past, tokens: Tokens, filled: NDArray[np.bool_]) -> tuple[Floats, Past]:
        """Say T more tokens in each of B texts.

        `tokens` is B × T; where `filled` (B × T, true first) is false the token is padding. Returns the state after each
        token, B × T × width, which `log_probabilities` turns into what comes next, and the new past.
        """
        batch, length = tokens.shape
        begins = past.filled.sum(1, keepdims=True)
        positions = np.minimum(begins + np.arange(length), len(self._positions) - 1)
        x = _single(self._embeddings[tokens]) + self._positions[positions]
        seen = np.concatenate([past.filled, filled], axis=1)
        earlier = np.ones((length, past.filled.shape[1]), np.bool_)
        causal = np.concatenate([earlier, np.tri(length, dtype=np.bool_)], axis=1)
        mask = np.where(seen[:, None, None, :] & causal, np.float32(0), _NEVER)
        layers = []
        for layer, (keys, values), (sound_keys, sound_values) in zip(
            self._layers, past.layers, memory.layers, strict=True
        ):
            query, new_keys, new_values = np.split(layer.self_in(layer.self_norm(x)), 3, axis=-1)
            keys = np.concatenate([keys, self._by_head(new_keys)], axis=2)
            values = np.concatenate([values, self._by_head(new_values)], axis=2)
            layers.append((keys, values))
            attended = _softmax(self._by_head(query) @ keys.transpose(0, 1, 3, 2) / np.float32(8) + mask) @ values
            x = x + layer.self_out(attended.transpose(0, 2, 1, 3).reshape(batch, length, -1))
            x = x + layer.cross_out(self._listen(layer.cross_query(layer.cross_norm(x)), sound_keys, sound_values))
            x = x + layer.feed_out(_gelu(layer.feed_in(layer.feed_norm(x))))
        return self._norm(x), Past(tuple(layers), seen)

    def _by_head(self, x: Floats) -> Floats:
        batch, length, _width = x.shape
        return x.reshape(batch, length, self._heads, -1).transpose(0, 2, 1, 3)

    def _listen(self, query: Floats, keys: Floats, values: Floats) -> Floats:
        # All texts hear the same sound: one product a head for the whole batch.
        rows = query.reshape(-1, self._heads, keys.shape[1]).transpose(1, 0, 2)
        heard = _softmax(rows @ keys / np.float32(8)) @ values
        out: Floats = heard.transpose(1, 0, 2).reshape(query.shape)
        return out

    def log_probabilities(self, states: Floats, among: Sequence[int]) -> Floats:
        """Natural logarithms of the next token's probability, N × len(among), given that it is one of these tokens."""
        logits: Floats = states @ _single(self._embeddings[np.asarray(among)]).T
        logits -= np.logaddexp.reduce(logits, axis=-1, keepdims=True)
        return logits

    def log_probability_of_each(self, states: Floats, tokens: Tokens, commonest: int = COMMONEST) -> Floats:
        """Natural logarithms of each next token's probability: N states, N tokens, N numbers.

        Among the `commonest` tokens and those of the text; 51,865 are all.
        """
        chosen: Floats = np.einsum("ij,ij->i", states, _single(self._embeddings[tokens]))
        rest = self._embeddings[np.unique(tokens[tokens >= commonest])]
        total = np.full(len(states), -np.inf, np.float32)
        for begin in range(0, commonest, ROWS_AT_A_TIME):
            end = min(begin + ROWS_AT_A_TIME, commonest)
            total = np.logaddexp(total, _log_sum(states, self._embeddings[begin:end]))
        if len(rest):
            total = np.logaddexp(total, _log_sum(states, rest))
        chosen -= total
        return chosen


def _log_sum(states: Floats, embeddings: NDArray[Any]) -> Floats:
    """The logarithm of the sum over these tokens of the exponential of their logits, for each state."""
    logits = states @ _single(embeddings).T
    peak = logits.max(-1)
    total: Floats = peak + np.log(np.exp(logits - peak[:, None]).sum(-1))
    return total


def padded(rows: Sequence[Sequence[int]]) -> tuple[Tokens, NDArray[np.bool_]]:
    """Rows of tokens side by side, filled up with token 0, and where they are real: what `advance` takes."""
    width = max(len(row) for row in rows)
    tokens, filled = np.zeros((len(rows), width), np.int64), np.zeros((len(rows), width), np.bool_)
    for index, row in enumerate(rows):
        tokens[index, : len(row)], filled[index, : len(row)] = row, True
    return tokens, filled


def _single(array: NDArray[Any]) -> Floats:
    return np.asarray(array, np.float32)


def _softmax(scores: Floats) -> Floats:
    scores = scores - scores.max(-1, keepdims=True)
    np.exp(scores, out=scores)
    scores /= scores.sum(-1, keepdims=True)
    return scores


def _gelu(x: Floats) -> Floats:
    # Hendrycks and Gimpel (2016), the form with tanh: at most 5e-4 from the exact one, and numpy has no erf.
    inner = x * x
    inner *= np.float32(0.044715 * 0.7978845608)
    inner += np.float32(0.7978845608)
    inner *= x
    np.tanh(inner, out=inner)
    inner += np.float32(1)
    inner *= x
    inner *= np.float32(0.5)
    return inner


def _linear(weights: Mapping[str, NDArray[Any]], name: str) -> _Linear:
    return _Linear(np.ascontiguousarray(_single(weights[f"{name}/weight"]).T), _single(weights[f"{name}/bias"]))


def _norm(weights: Mapping[str, NDArray[Any]], name: str) -> _Norm:
    return _Norm(_single(weights[f"{name}/gamma"]), _single(weights[f"{name}/beta"]))


def _layer(weights: Mapping[str, NDArray[Any]], name: str) -> _Layer:
    return _Layer(
        self_norm=_norm(weights, f"{name}/self_attention/layer_norm"),
        self_in=_linear(weights, f"{name}/self_attention/linear_0"),
        self_out=_linear(weights, f"{name}/self_attention/linear_1"),
        cross_norm=_norm(weights, f"{name}/attention/layer_norm"),
        cross_query=_linear(weights, f"{name}/attention/linear_0"),
        cross_memory=_linear(weights, f"{name}/attention/linear_1"),
        cross_out=_linear(weights, f"{name}/attention/linear_2"),
        feed_norm=_norm(weights, f"{name}/ffn/layer_norm"),
        feed_in=_linear(weights, f"{name}/ffn/linear_0"),
        feed_out=_linear(weights, f"{name}/ffn/linear_1"),
    )
