"""Damages invented messages and reads them: `python -m tests.hl7.mutating [COUNT] [SEED]`.

Nothing may crash, no observation may be lost silently, and no error may repeat a text: the
properties are those of the fuzzer's targets. `make test` runs a sample.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator

from tests.fuzz import targets
from tests.hl7.cases import CASES, WRONG

TOKENS = [
    *(b"\r", b"\n", b"\r\n", b"\r\r", b"\x0b", b"\x1c\r", b"\x1c", b"\xef\xbb\xbf", b"\x00"),
    *(b"|", b"^", b"&", b"~", b"\\", b"\\.br\\", b"\\E\\", b"\\X0D\\", b"\\XC3\\", b"\\M24\\"),
    *(b"MSH|^~\\&|", b"MSH", b"\rOBX|1|TX|&GDT||x", b"\rOBR|1||A9\r", b"\rPID|1\r", b"\rBTS|9\r"),
    *(
        b"FHS|^~\\&|\r",
        b"\xff",
        b"\xe4",
        b"||||||X",
        b"\rORC|RE\r",
        b"8859/1",
        b"<p>",
        b"IMPRESSION:\n",
    ),
]


def mutants(count: int, seed: int) -> Iterator[bytes]:
    """Yield damaged messages, the same ones for a seed."""
    draw = random.Random(seed)
    messages = [*(case.message for case in CASES), *(wrong.message for wrong in WRONG)]
    for _ in range(count):
        text = draw.choice(messages)
        if draw.random() < 0.3:
            text += draw.choice(messages)
        for _ in range(draw.randint(1, 4)):
            text = damaged(text, messages, draw)
        yield text


def damaged(text: bytes, messages: list[bytes], draw: random.Random) -> bytes:
    start = draw.randrange(len(text) + 1)
    stop = min(len(text), start + draw.choice([1, 1, 2, 8, 60]))
    other = draw.choice(messages)
    lines = text.splitlines(keepends=True)
    draw.shuffle(lines)
    return draw.choice(
        [
            text[:start] + bytes([draw.randrange(256)]) + text[start + 1 :],  # another byte
            text[:start] + text[stop:],  # a hole
            text[:stop] + text[start:],  # a part twice
            text[:start],  # the end is lost
            text[:start] + other[draw.randrange(len(other)) :],  # another message goes on
            b"".join(lines),
            text[:start] + draw.choice(TOKENS) + text[start:],
        ]
    )


def check(text: bytes, size: int) -> None:
    """Raise if a message is lost or read wrongly."""
    targets.hl7_framing(bytes([size]) + text)
    targets.hl7_records(text)


def main(arguments: list[str]) -> int:
    """Check COUNT mutants and say how long it took."""
    count = int(arguments[0]) if arguments else 100_000
    seed = int(arguments[1]) if len(arguments) > 1 else 1
    start = time.monotonic()
    for number, text in enumerate(mutants(count, seed)):
        try:
            check(text, number % 60)
        except Exception as error:
            error.add_note(f"mutant {number} of seed {seed}: {text!r}")
            raise
    print(f"{count:,} mutants in {time.monotonic() - start:.0f} s, none lost")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
