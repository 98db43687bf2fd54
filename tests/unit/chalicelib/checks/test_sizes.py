from __future__ import annotations

import pytest

from chalicelib.checks.labeller import label


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("Small left effusion.", ["small"]),
        ("Mildly enlarged heart.", ["mild"]),
        ("Mild-to-moderate cardiomegaly.", ["mild to moderate"]),
        ("Right pneumothorax, 9.9 cm.", ["9.9 cm"]),
        ("A 5-mm nodule.", ["5 mm"]),
        ("A 1.2 x 0.9 cm nodule.", ["1.2 x 0.9 cm"]),
        ("Small pneumothorax of 4 millimeters.", ["4 mm"]),
        ("The nodule measures 8 mm, previously 6 mm.", ["8 mm"]),
        ("The nodule, previously 6 mm, is 8 mm.", ["8 mm"]),
        ("Left nodule, 3 cm above the diaphragm.", [None]),
        ("The effusion is now small.", ["small"]),
        ("Small effusion and cardiomegaly.", ["small", None]),
        ("ET tube tip 4 cm above the carina.", [None]),
        ("No large effusion or pneumothorax.", ["large", "large"]),
        ("Significant interval change in the effusion.", [None]),
        ("The effusion is not as large as before.", [None]),
    ],
)
def test_a_size_is_measured_or_graded(text: str, sizes: list[str | None]) -> None:
    assert [fact.size for fact in label(text)] == sizes
