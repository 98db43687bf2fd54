from __future__ import annotations

import json
import random
import time
import tracemalloc
from collections import Counter
from collections.abc import Callable
from itertools import islice
from typing import Any

import pytest

from chalicelib.intake.fhir import bundles
from chalicelib.intake.frames import MAX_RECORD_BYTES, Frame
from chalicelib.intake.record import Record
from tests.fuzz import targets
from tests.unit.chalicelib.intake.fhir.mutations import damaged_bytes, damaged_structure
from tests.unit.chalicelib.intake.fhir.samples import (
    CANARY,
    bundle,
    encoded,
    frames,
    observation,
    outcomes,
    report,
    with_findings,
)

BASE = "https://a.example/fhir"


def many(count: int) -> bytes:
    """A Bundle of so many reports, and as many Observations."""
    made: list[tuple[str, dict[str, Any]]] = []
    for n in range(count):
        main = report(id=str(n), result=[{"reference": f"Observation/{n}"}])
        text = f'Report {n}: "clear" lungs [no effusion] {{stable}}. ' * 10
        made.append((f"{BASE}/Observation/{n}", observation(str(n), text)))
        made.append((f"{BASE}/DiagnosticReport/{n}", main))
    return encoded(bundle(*made))


def findings(value: Any) -> list[str]:
    return [one.findings if isinstance(one, Record) else one for one in outcomes(value)]


def test_each_report_has_a_frame_with_only_what_it_refers_to() -> None:
    data = b" \n" + many(3)

    found = list(bundles.split(data, 7, 100))

    assert [(one.index, one.offset, one.part) for one in found] == [
        (7, 100, 0),
        (8, 100, 1),
        (9, 100, 2),
    ]
    for n, frame in enumerate(found):
        assert frame.data is not None
        entries = json.loads(frame.data)["entry"]
        assert [entry["resource"]["id"] for entry in entries] == [str(n), str(n)]
        # The bytes of resources are those that came.
        assert all(json.dumps(entry).encode() in data for entry in entries)


@pytest.mark.parametrize(
    "kind", ["collection", "searchset", "message", "document", "transaction", "batch", None]
)
def test_every_type_of_bundle(kind: str | None) -> None:
    header = {"resourceType": "MessageHeader", "id": "h"}
    request = {"request": {"method": "POST", "url": "DiagnosticReport"}}
    given = bundle(header, with_findings("A."), {"resourceType": "Patient"}, type=kind)
    given["entry"][1] |= request
    given["entry"].append({"request": {"method": "DELETE", "url": "Observation/1"}})
    given["entry"].append({"resource": {"resourceType": "OperationOutcome"}})

    assert findings(given) == ["A."]


def test_names_and_pictures_of_a_patient_stay_behind() -> None:
    patient = {"id": "p", "resourceType": "Patient", "name": [{"text": CANARY}], "gender": "male"}
    given = bundle(with_findings(subject={"reference": "urn:uuid:p"}), ("urn:uuid:p", patient))

    (found,) = frames(given)

    assert found.data is not None
    assert CANARY.encode() not in found.data
    assert json.loads(found.data)["entry"][1] == {
        "fullUrl": "urn:uuid:p",
        "resource": {"resourceType": "Patient", "id": "p", "gender": "male"},
    }


@pytest.mark.parametrize("value", [report(), {"findings": "x"}, [], 7, b"no JSON", b""])
def test_what_is_no_bundle_is_one_frame(value: Any) -> None:
    assert frames(value) == [Frame(0, 0, encoded(value))]


def test_what_is_no_bundle_and_too_long_is_one_frame_without_data() -> None:
    assert frames(report(id="x" * MAX_RECORD_BYTES)) == [Frame(0, 0, None)]


def test_a_bundle_that_is_too_long_is_one_frame_without_data(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(bundles, "MAX_BUNDLE_BYTES", 100)

    assert frames(bundle(with_findings())) == [Frame(0, 0, None)]


def test_a_report_that_is_too_long_costs_no_other() -> None:
    given = bundle(
        with_findings("A."), with_findings(id="x" * MAX_RECORD_BYTES), with_findings("B.")
    )

    assert findings(given) == [
        "A.",
        "record 1: resource: is longer than 1048576 bytes (a Bundle: 32 MiB); split or shorten it",
        "B.",
    ]


@pytest.mark.parametrize(
    ("entry", "problem"),
    [
        (b"7", "Bundle.entry[1]: must be an object, and its resource too"),
        (b"null", "Bundle.entry[1]: must be an object, and its resource too"),
        (b'{"resource":"x"}', "Bundle.entry[1]: must be an object, and its resource too"),
        (b'{"resource":{}}', "Bundle.entry[1].resource.resourceType: is missing, or is not text"),
        (
            b'{"resource":{"resourceType":[]}}',
            "Bundle.entry[1].resource.resourceType: is missing, or is not text",
        ),
        (
            b'{"resource":{"resourceType":"Bundle","entry":[]}}',
            "Bundle.entry[1].resource: is a Bundle inside a Bundle; send one Bundle of its reports",
        ),
        (
            b'{"resource":{"resourceType":"Patient"},"resource":{"resourceType":"Patient"}}',
            "Bundle.entry[1]: contains the same key twice; keep one of them",
        ),
        (
            b'{"resource":{"resourceType":"DiagnosticReport","resourceType":"Patient"}}',
            "Bundle.entry[1]: contains the same key twice; keep one of them",
        ),
    ],
)
def test_an_entry_that_cannot_be_used_fails_alone(entry: bytes, problem: str) -> None:
    good = [encoded({"resource": with_findings(text)}) for text in ("A.", "B.")]
    data = b'{"resourceType":"Bundle","entry":[%b,%b,%b]}' % (good[0], entry, good[1])

    assert findings(data) == ["A.", f"record 1: {problem}", "B."]


@pytest.mark.parametrize(
    "damage",
    [
        (b'"final"', b'"final'),
        (b'"final"', b"final"),
        (b'"final"', b'"final",,'),
        (b'"final"', b'"fi\\nal\\q"'),
        (b'"final"', b'"final"}'),
        (b'"final"', b'"final"]'),
        (b'"final"', b'"final",{'),
        (b'"final"', b'"final",['),
        (b'"final"', b"[" * 50_000 + b"]" * 50_000),
        (b'"status":', b'"status"'),
        (b"}", b""),
        (b"{", b""),
        (b'"Sev', b"Sev"),
    ],
)
@pytest.mark.parametrize("sort", [False, True])
def test_a_damaged_entry_costs_no_other(damage: tuple[bytes, bytes], *, sort: bool) -> None:
    good = bundle(*((f"urn:uuid:{n}", with_findings(f"Seven {n}.")) for n in range(5)))
    data = json.dumps(good, separators=(",", ":"), sort_keys=sort).encode()
    start = data.index(b'{"fullUrl":"urn:uuid:2"') + 1
    at = data.index(damage[0], start)
    broken = data[:at] + damage[1] + data[at + len(damage[0]) :]

    found = findings(broken)

    assert [found[0], found[1], *found[-2:]] == [f"Seven {n}." for n in (0, 1, 3, 4)]
    assert found[2].startswith("record 2: Bundle.entry[2]: ")
    assert len(found) == 5


def test_two_damaged_entries_whose_brackets_match_together_are_two_failures() -> None:
    good = bundle(*((f"urn:uuid:{n}", with_findings(f"Seven {n}.")) for n in range(5)))
    data = json.dumps(good)
    second, third, fourth = (data.index(f'{{"fullUrl": "urn:uuid:{n}"') for n in (1, 2, 3))
    broken = data[second:third].replace("}", "", 1) + data[third:fourth].replace("}", "}}", 1)

    found = findings((data[:second] + broken + data[fourth:]).encode())

    assert [one.partition(": is")[0] for one in found] == [
        "Seven 0.",
        "record 1: Bundle.entry[1]",
        "record 2: Bundle.entry[2]",
        "Seven 3.",
        "Seven 4.",
    ]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"resourceType":"Bundle"}', "Bundle.entry: contains no DiagnosticReport"),
        (b'{"resourceType":"Bundle","entry":[]}', "Bundle.entry: contains no DiagnosticReport"),
        (
            encoded(bundle({"resourceType": "Patient"}, observation("1", CANARY))),
            "Bundle.entry: contains no DiagnosticReport",
        ),
        (b'{"resourceType":"Bundle","entry":{}}', "Bundle.entry: must be an array"),
        (b'{"resourceType":"Bundle","entry":null}', "Bundle.entry: must be an array"),
        (
            b'{"resourceType":"Bundle","entry":[],"entry":[]}',
            "Bundle: contains the same key twice; keep one of them",
        ),
        (
            b'{"resourceType":"Bundle","entry":[',
            "Bundle.entry: ends before its closing bracket; send the Bundle again",
        ),
        (
            b'{"resourceType":"Bundle","x":',
            "Bundle.entry: ends before its closing bracket; send the Bundle again",
        ),
    ],
)
def test_a_bundle_without_reports_fails_by_name(data: bytes, problem: str) -> None:
    assert findings(data) == [f"record 0: {problem}"]


def test_a_bundle_that_is_cut_off_says_so_wherever_it_is() -> None:
    data = encoded(bundle(*(with_findings(f"{n}.") for n in range(3))))
    starts = [data.index(f'"{n}."'.encode()) for n in range(3)]

    for end in range(data.index(b"[") + 1, len(data)):
        found = findings(data[:end])
        assert found[-1].startswith(f"record {len(found) - 1}: Bundle.entry"), end
        whole = sum(start < end for start in starts)
        assert found[: whole - 1] == [f"{n}." for n in range(whole - 1)], end


def test_text_behind_a_bundle_is_not_dropped_silently() -> None:
    found = findings(encoded(bundle(with_findings("A."))) + b" {}")

    assert found[0] == "A."
    assert found[1].startswith("record 1: Bundle.entry: ends before")


def test_a_forged_refusal_says_nothing_of_its_own() -> None:
    given = {"resourceType": "Bundle", "refused": CANARY, "position": 7, "entry": []}

    assert findings(given) == ["record 0: Bundle.entry: contains no DiagnosticReport"]


def test_too_many_entries_are_refused_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bundles, "MAX_ENTRIES", 3)

    assert findings(bundle(*[with_findings()] * 3)) == ["Clear lungs."] * 3
    assert findings(bundle(*[with_findings()] * 4)) == [
        "record 0: Bundle.entry: has more than 100,000 entries; split the Bundle"
    ]


def test_observations_that_many_reports_share_are_not_copied_without_end() -> None:
    shared = observation("1", "x" * 15_000)
    main = report(result=[{"reference": "Observation/1"}])

    found = Counter(one[:30] for one in findings(bundle(shared, *[main] * 500)))

    assert found["x" * 30] < 500
    assert sum(found.values()) == 500


def test_references_in_a_circle_end() -> None:
    first = observation("1", "A.", hasMember=[{"reference": "Observation/2"}])
    second = observation("2", "B.", hasMember=[{"reference": "Observation/1"}])

    assert findings(bundle(report(result=[{"reference": "Observation/1"}]), first, second)) == [
        "A.\nB."
    ]


def test_ten_thousand_entries_take_linear_time_and_no_memory_for_the_frames() -> None:
    data = many(5000)

    started = time.process_time()
    found = sum(1 for _ in bundles.split(data, 0, 0))
    took = time.process_time() - started
    tracemalloc.start()
    try:
        for _ in islice(bundles.split(data, 0, 0), 5000):
            pass
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()

    assert found == 5000
    assert took < 30  # measured: half a second; quadratic, it takes minutes
    assert peak < 3 * len(data)


@pytest.mark.parametrize("damage", [damaged_bytes, damaged_structure])
@pytest.mark.filterwarnings("ignore:invalid escape sequence")
def test_a_damaged_document_is_reports_and_failures_and_loses_none(
    damage: Callable[[random.Random], bytes],
) -> None:
    draw = random.Random(15)
    read = 0

    for _ in range(1500):
        data = damage(draw)
        targets.fhir(data)
        found = outcomes(data)
        read += sum(isinstance(one, Record) for one in found)
        whole = str(found[0]).startswith(("record 0: Bundle: ", "record 0: Bundle.entry: "))
        assert whole or len(found) >= reports_in(data), data

    assert read > 50  # not every document is beyond reading


def reports_in(data: bytes) -> int:
    """How many reports Python's parser finds in a Bundle."""
    try:
        value = json.loads(data)
    except (ValueError, RecursionError):
        return 1
    if not isinstance(value, dict) or value.get("resourceType") != "Bundle" or "findings" in value:
        return 1
    entries = value.get("entry")
    resources = [
        one.get("resource")
        for one in (entries if isinstance(entries, list) else ())
        if isinstance(one, dict)
    ]
    kinds = [one.get("resourceType") for one in resources if isinstance(one, dict)]
    return kinds.count("DiagnosticReport")
