"""Reading the formats of hospital systems, in this process: HL7 v2, FHIR and free text.

Peaks are what Python allocates while a file is counted, and its first chunk kept, as a function
does first. They are compared between sizes: memory must not grow with the number of messages.
"""

from __future__ import annotations

import json
import time
import tracemalloc
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from benchmarks.figures import Figure, Figures, in_turn, seconds
from chalicelib.intake import forms, reading
from chalicelib.intake.decoding import PIECE_BYTES, TextStream
from chalicelib.intake.frames import Form

if TYPE_CHECKING:
    from benchmarks.stage import Stage

OBSERVATIONS = 200
READS = 50
REPEATS = 5
# Both longer than the beginning of a file that is looked at to detect its form.
SMALL_BATCH, LARGE_BATCH = 10_000, 30_000
BUNDLE_REPORTS = 5_000  # each with its findings: 10,000 entries
STRIDE = 50
LIMIT = 1 << 40
_SENTENCE = "There is no focal consolidation, pleural effusion or pneumothorax."
_HEADER = "MSH|^~\\&|RIS|WARD|||20261102030405||ORU^R01|{0}|P|2.5.1\rOBR|1|P{0}|A{0}|71046^Chest\r"


def formats(_stage: Stage) -> Figures:
    """Measure reading a message of 200 OBX, batches, a Bundle and a free text."""
    message = _HEADER.format(1) + "".join(
        f"OBX|{n}|TX|59776-5^Findings^LN||{_SENTENCE}||||||P\r" for n in range(OBSERVATIONS)
    )
    lines = "\n".join([_SENTENCE] * OBSERVATIONS)
    as_json = json.dumps({"report_id": "A1", "findings": lines})
    text = f"INDICATION: Cough.\n\nFINDINGS:\n{lines[:2000]}\n\nIMPRESSION: Normal chest.\n"
    hl7, plain, free = in_turn(
        REPEATS, _reading(message.encode()), _reading(as_json.encode()), _reading(text.encode())
    )
    small, large = _batch(SMALL_BATCH), _batch(LARGE_BATCH)
    return {
        "hl7_200_obx_ms": hl7.times(1000),
        "hl7_200_obx_to_json": hl7.to(plain),
        "free_text_2_kb_ms": free.times(1000),
        "hl7_batch_10000_s": Figure.of(*(seconds(lambda: _scan(small)) for _ in range(3))),
        "hl7_batch_peak_30000_to_10000": Figure.of(_peak_mb(large) / _peak_mb(small)),
        **_bundle_figures(),
    }


def _bundle_figures() -> Figures:
    bundle = _bundle(BUNDLE_REPORTS)
    return {
        "fhir_bundle_10000_entries_s": Figure.of(
            *(seconds(lambda: _scan(bundle)) for _ in range(3))
        ),
        "fhir_bundle_10000_entries_peak_to_its_size": Figure.of(
            _peak_mb(bundle) * 1e6 / len(bundle)
        ),
    }


def _reading(text: bytes) -> Callable[[int], float]:
    """Seconds to detect, frame and read a text with one record."""

    def read(_repeat: int) -> float:
        began = time.perf_counter()
        for _ in range(READS):
            form: Form = forms.detect(text) or "text"
            for found in forms.frame([text], form):
                forms.read(form, found, "object", 50_000, "benchmark")
        return (time.perf_counter() - began) / READS

    return read


def _scan(text: bytes) -> reading.Scan:
    return reading.scan(TextStream(_pieces(text), LIMIT), STRIDE)


def _pieces(text: bytes) -> Iterator[bytes]:
    for start in range(0, len(text), PIECE_BYTES):
        yield text[start : start + PIECE_BYTES]


def _peak_mb(text: bytes) -> float:
    _scan(text[: 1 << 16])  # what is imported and cached on first use is no part of it
    tracemalloc.start()
    try:
        _scan(text)
        return tracemalloc.get_traced_memory()[1] / 1e6
    finally:
        tracemalloc.stop()


def _batch(messages: int) -> bytes:
    obx = "".join(f"OBX|{n}|TX|59776-5^Findings^LN||{_SENTENCE}||||||P\r" for n in range(5))
    body = "".join(_HEADER.format(number) + obx for number in range(messages))
    head = "FHS|^~\\&|RIS|WARD\rBHS|^~\\&|RIS|WARD\r"
    return f"{head}{body}BTS|{messages}\rFTS|1\r".encode()


def _bundle(reports: int) -> bytes:
    entries = [entry for number in range(reports) for entry in _entries(number)]
    return json.dumps({"resourceType": "Bundle", "type": "collection", "entry": entries}).encode()


def _entries(number: int) -> Iterator[dict[str, object]]:
    findings = {
        "resourceType": "Observation",
        "status": "preliminary",
        "code": {"coding": [{"system": "http://loinc.org", "code": "59776-5"}]},
        "valueString": f"{_SENTENCE} " * 5,
    }
    report = {
        "resourceType": "DiagnosticReport",
        "identifier": [{"value": f"A{number}"}],
        "status": "preliminary",
        "code": {"text": "XR Chest"},
        "result": [{"reference": f"urn:uuid:{number:032}"}],
    }
    yield {"fullUrl": f"urn:uuid:{number:032}", "resource": findings}
    yield {"resource": report}
