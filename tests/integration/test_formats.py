"""Reports in HL7 v2, in FHIR and as plain text, through the deployed zip, and their answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from common.paths import ROOT
from local.client import run as running
from local.client import waiting
from local.stack import lifecycle as stacks
from tests.account.texts import hl7_batch

EXAMPLES = ROOT / "examples"


def drop(stack: stacks.Stack, *paths: Path) -> dict[str, waiting.Answered]:
    report = running.run(stack, [str(path) for path in paths], quiet=True, patience_s=60)
    return {one.dropped.upload.path.name: one for one in report.answered}


def entries(one: waiting.Answered) -> list[dict[str, Any]]:
    return list(one.document["impressions"])


def answer_of(stack: stacks.Stack, one: waiting.Answered) -> bytes:
    s3, bucket = stack.client("s3"), stack.outputs.results_bucket
    body: bytes = s3.get_object(Bucket=bucket, Key=one.document["answer"]["key"])["Body"].read()
    return body


def read_back(answer: bytes) -> dict[str, str]:
    """The drafts in an answer by the id of their report."""
    if answer.startswith(b"{"):
        resource = json.loads(answer)
        entries = resource.get("entry", [{"resource": resource}])
        reports = [entry["resource"] for entry in entries]
        return {one["identifier"][0]["value"]: one["conclusion"] for one in reports}
    found: dict[str, str] = {}
    report_id = ""
    for segment in answer.decode("latin-1").split("\r"):
        fields = segment.split("|")
        if fields[0] == "OBR":
            report_id = fields[3]
        elif fields[0] == "OBX" and fields[3].startswith("19005-8"):
            found[report_id] = fields[5]
    return found


def drafted(one: waiting.Answered) -> dict[str, str]:
    return {
        entry["report_id"]: entry["impression"] for entry in entries(one) if entry["status"] == "ok"
    }


def test_every_example_is_answered_in_kind(stack: stacks.Stack) -> None:
    found = drop(stack, *(EXAMPLES / name for name in ("hl7", "fhir", "text")))

    for name in ("chest-2001.hl7", "morning-batch.hl7", "chest-2101.json", "ward-bundle.json"):
        assert found[name].document["answer"]["reports"] == len(drafted(found[name]))
        assert read_back(answer_of(stack, found[name])) == drafted(found[name])
    assert "answer" not in found["chest-2201.txt"].document


def test_the_reports_have_their_ids_and_what_is_cancelled_has_no_draft(
    stack: stacks.Stack,
) -> None:
    found = drop(stack, EXAMPLES / "hl7", EXAMPLES / "fhir", EXAMPLES / "text")

    ids = {name: [entry["report_id"] for entry in entries(one)] for name, one in found.items()}
    failed = [
        entry["error"]["message"]
        for one in found.values()
        for entry in entries(one)
        if entry["status"] == "failed"
    ]
    assert ids == {
        "chest-2001.hl7": ["2026-004711"],
        "morning-batch.hl7": [f"2026-{number:06}" for number in range(4712, 4717)],
        "chest-2101.json": ["2026-004720"],
        "ward-bundle.json": ["2026-004721", "2026-004722"],
        "chest-2201.txt": ["chest-2201"],
    }
    assert len(failed) == 1
    assert "cancelled" in failed[0]


def test_a_batch_in_chunks_has_one_answer_in_order(stack: stacks.Stack, tmp_path: Path) -> None:
    reports = [
        {"report_id": f"b{number}", "findings": f"The lungs are clear. {number} clips are seen."}
        for number in range(120)
    ]
    path = tmp_path / "batch.hl7"
    path.write_bytes(hl7_batch(*reports))

    one = drop(stack, path)["batch.hl7"]

    assert len(one.document["parts"]) == 3
    assert one.document["answer"]["reports"] == 120
    assert list(read_back(answer_of(stack, one))) == [report["report_id"] for report in reports]


def test_no_name_number_or_birth_date_goes_beyond_the_landing_bucket_and_the_answer(
    stack: stacks.Stack,
) -> None:
    one = drop(stack, EXAMPLES / "hl7" / "chest-2001.hl7")["chest-2001.hl7"]

    (entry,) = entries(one)
    assert entry["metadata"]["sex"] == "F"
    assert entry["metadata"]["age"] == 67
    told = json.dumps(one.document)
    assert not [secret for secret in ("Erika", "90017", "19580714") if secret in told]
