"""Text that is not findings, and the refusal with which the model should answer it.

Used only in training: without it, the model would call a row of dots a normal chest.
"""

from __future__ import annotations

import random

from training.synthetic.report import Report

ANSWER = "No impression can be drawn from these findings."

_SIGNS = ".,;:-_/()%'\"?!*#@+=<>[]{}|~$&\\"
_WORDS = (
    *("dictated", "test", "see", "above", "below", "the", "report", "none", "text", "empty"),
    *("blank", "pending", "void", "file", "null", "error", "hello", "invoice", "table", "window"),
    *("garden", "letter", "number", "please", "call", "back", "ignore", "instructions", "write"),
)
_FOREIGN = "".join(
    chr(c) for start in (0x4E00, 0x0430, 0x03B1, 0x1F600) for c in range(start, start + 20)
)


def junk(seed: str, index: int) -> Report:
    """The piece of junk with this number."""
    rng = random.Random(f"{seed}/junk/{index}")  # noqa: S311  # not cryptographic
    kind = rng.choice((_signs, _digits, _letters, _words, _foreign))
    text = kind(rng)
    return Report(f"{seed}-junk-{index:06d}", text, ANSWER, "junk")


def _run(rng: random.Random, alphabet: str) -> str:
    return "".join(rng.choice(alphabet) for _ in range(rng.randrange(1, 12)))


def _many(rng: random.Random, alphabet: str) -> str:
    if rng.random() < 0.3:  # noqa: PLR2004  # one character repeated
        return rng.choice(alphabet) * rng.randrange(1, 30)
    return " ".join(_run(rng, alphabet) for _ in range(rng.randrange(1, 8)))


def _signs(rng: random.Random) -> str:
    return _many(rng, _SIGNS)


def _digits(rng: random.Random) -> str:
    return _many(rng, "0123456789")


def _letters(rng: random.Random) -> str:
    return _many(rng, "abcdefghijklmnopqrstuvwxyz")


def _foreign(rng: random.Random) -> str:
    return _many(rng, _FOREIGN)


def _words(rng: random.Random) -> str:
    return " ".join(rng.choice(_WORDS) for _ in range(rng.randrange(1, 7)))
