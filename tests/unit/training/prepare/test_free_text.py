"""Free-text reports of a collection: the pair of each, or why it is left out."""

from __future__ import annotations

import json
import os
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from common.paths import ROOT
from training.prepare.collections import read
from training.prepare.items import PassedOver
from training.prepare.prepare import Plan, prepare
from training.prepare.records import Reading
from training.prepare.report import LeftOut, Pair, Reason, Report

CASES = ROOT / "tests" / "unit" / "chalicelib" / "intake" / "free_text" / "reports.jsonl"
# More reports of this form, which are not in the repository: name a file of them to try it.
MORE = os.environ.get("SECTION_CASES", "")


def cases(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def zipped(folder: Path, texts: list[str]) -> Path:
    path = folder / "mimic-cxr-reports.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for number, text in enumerate(texts):
            archive.writestr(f"files/p10/p1/s{number}.txt", text)
    return path


def read_reports(path: Path) -> list[Report]:
    """Every report, without the patients that the paths name, and without its other sections."""
    return [
        replace(one, patient=None, context={}) if isinstance(one, Pair) else one
        for one in read(path, Reading())
        if not isinstance(one, PassedOver)
    ]


def only(tmp_path: Path, text: str | bytes) -> Report:
    path = tmp_path / "s1.txt"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    (found,) = read_reports(path)
    return found


def test_every_invented_report_in_an_archive_is_its_pair_or_left_out(tmp_path: Path) -> None:
    known = cases(CASES)

    found = [*read_reports(zipped(tmp_path, [one["text"] for one in known]))]

    assert found == [
        LeftOut(f"s{number}", one["left_out"])
        if "left_out" in one
        else Pair(f"s{number}", one["findings"], one["impression"])
        for number, one in enumerate(known)
    ]


@pytest.mark.skipif(not MORE, reason="SECTION_CASES names no file")
def test_no_other_report_in_an_archive_becomes_a_wrong_pair(tmp_path: Path) -> None:
    more = cases(Path(MORE))

    for one, found in zip(
        more, read_reports(zipped(tmp_path, [one["text"] for one in more])), strict=True
    ):
        if isinstance(found, Pair):
            pair = (found.findings, found.impression)
            assert pair == (one.get("findings"), one.get("impression")), one["name"]


def test_report_of_a_preparation_counts_the_reasons(tmp_path: Path) -> None:
    texts = [
        "FINDINGS: Clear lungs.\nIMPRESSION: Normal.\n",
        "FINDINGS: One.\nFINDINGS: Two.\nIMPRESSION: Normal.\n",
        "FINDINGS AND IMPRESSION: Normal.\n",
        "FINDINGS: Clear.\n\nIMPRESSION: Normal.\n\n------------\nSee CT.\n",
        "IMPRESSION: Normal.\n",
    ]

    summary = prepare([zipped(tmp_path, texts)], tmp_path / "out", Plan("invented", 0.0, 1))

    assert sum(summary.kept.values()) == 1
    assert summary.left_out == {
        "several findings": 1,
        "findings and impression in one": 1,
        "text below a line": 1,
        "no findings": 1,
    }


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "no findings"),
        ("IMPRESSION: Normal.", "no findings"),
        ("FINDINGS: Clear.", "no impression"),
        ("FINDINGS: Clear.\nIMPRESSION:\n", "no impression"),
        ("FINDINGS AND IMPRESSION: Clear.", "findings and impression in one"),
        (b"FINDINGS: \xff\nIMPRESSION: b", "unreadable"),
    ],
)
def test_report_without_both_is_left_out_with_its_reason(
    text: str | bytes, reason: Reason, tmp_path: Path
) -> None:
    assert only(tmp_path, text) == LeftOut("s1", reason)


def test_last_of_two_impressions_counts_after_an_addendum(tmp_path: Path) -> None:
    text = "FINDINGS: Old.\nIMPRESSION: First.\nADDENDUM: x\nIMPRESSION: Second.\nFINDINGS:\n"

    assert only(tmp_path, text) == Pair("s1", "Old.", "Second.")
