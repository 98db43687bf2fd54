from __future__ import annotations

import pytest

from chalicelib.checks.critical import critical_finding
from chalicelib.checks.labeller import label


@pytest.mark.parametrize(
    ("findings", "draft", "sentences"),
    [
        (
            "Free air. Free air under the diaphragm.",
            "Normal.",
            ["Critical: pneumoperitoneum, to be told within minutes."],
        ),
        (
            "Normal.",
            "Possible left pneumothorax.",
            ["Critical: pneumothorax, to be told within minutes."],
        ),
        ("New left nodule.", "Nodule.", ["Critical: nodule, to be told within days."]),
        ("Stable nodule.", "Stable nodule.", []),
        ("No pneumothorax.", "Effusion.", []),
    ],
)
def test_each_critical_finding_is_told_once(
    findings: str, draft: str, sentences: list[str]
) -> None:
    found = critical_finding(label(findings), label(draft))

    assert [flag.sentence for flag in found] == sentences


def test_it_is_marked_where_it_stands() -> None:
    (flag,) = critical_finding(label("Free air. Free air under the diaphragm."), label("Free air."))

    assert (len(flag.findings_spans), len(flag.draft_spans)) == (2, 1)
