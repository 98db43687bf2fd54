"""Frames the DiagnosticReports of a text of FHIR resources: alone, in Bundles, or one per line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from chalicelib.intake.fhir import bundles
from chalicelib.intake.frames import Frame
from chalicelib.intake.json_text import framing


def frame(pieces: Iterable[bytes], index: int = 0, offset: int = 0) -> Iterator[Frame]:
    """Yield the records of a text.

    One resource is held at a time, so a Bundle as a whole (bundles.MAX_BUNDLE_BYTES).

    Args:
        pieces: the text, from its beginning or from the beginning of a resource.
        index: the index of the first record of `pieces`.
        offset: the byte of the whole text at which `pieces` begins.
    """
    longest = bundles.MAX_BUNDLE_BYTES
    for found in framing.frame(pieces, "lines", index, offset, longest=longest):
        if found.data is None:
            yield Frame(index, found.offset, None)
            index += 1
            continue
        for one in bundles.split(found.data, index, found.offset):
            yield one
            index = one.index + 1
