"""A frame: the bytes of one record of a landing object, and where they are."""

from __future__ import annotations

from typing import Literal

import msgspec

# How the records of an object are separated. It is part of an object's stored plan.
# "object" is in plans of earlier releases: those records are framed like "lines".
Form = Literal[
    "object",
    "array",
    "lines",
    "wrapped",
    "hl7",
    "hl7-batch",
    "fhir",
    "fhir-bundle",
    "text",
]

# Far more than 20,000 characters of findings, a reference and 4 KiB of metadata can need, even
# with every character escaped as \\uXXXX.
MAX_RECORD_BYTES = 1 << 20
HEAD_BYTES = 2 * MAX_RECORD_BYTES


class Frame(msgspec.Struct, frozen=True):
    """One record: its index, the byte of the text at which it begins, and its bytes.

    `data` is None for a record longer than MAX_RECORD_BYTES. A message or Bundle may contain
    several records: each has the offset at which that message or Bundle begins, and `part` is the
    number of records of it that precede this one. `data` then contains everything that is needed to
    read this record alone, such as the message's header with the segments of one order.
    """

    index: int
    offset: int
    data: bytes | None
    part: int = 0
