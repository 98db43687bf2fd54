from __future__ import annotations

import pytest

from chalicelib.intake.free_text.names import KNOWN, classify


@pytest.mark.parametrize(
    ("heading", "kind", "section"),
    [
        ("FINDINGS", "findings", "findings"),
        ("Radiographic findings", "findings", "findings"),
        ("FINDINGS (CHEST)", "findings", "findings"),
        ("F I N D I N G S", "findings", "findings"),
        ("FINDINDGS", "findings", "findings"),
        ("FNIDNIGS", "findings", "findings"),
        ("FINAL IMPRESSION", "impression", "impression"),
        ("IMPRESSION AND RECOMMENDATION(S)", "impression", "impression"),
        ("IMPRSSION", "impression", "impression"),
        ("Beurteilung", "impression", "impression"),
        ("CONCLUSION", "impression also", "conclusion"),
        ("REPORT", "findings also", "report"),
        ("DIAGNOSIS", "diagnosis", "diagnosis"),
        ("FINDINGS/IMPRESSION", "both", "findings and impression"),
        ("IMPRESSION AND FINDINGS", "both", "findings and impression"),
        ("BEFUND UND BEURTEILUNG", "both", "findings and impression"),
        ("INCIDENTAL FINDINGS", "body", "incidental findings"),
        ("PRIOR IMPRESSION", "other", "prior impression"),
        ("FINDINGS ON QWERTZ", "doubtful", "findings on qwertz"),
        ("CRITICAL FINDINGS", "other", "notification"),
        ("CLINICAL IMPRESSION", "other", "history"),
        ("COMPARISON FILM", "other", "comparison"),
        ("COMPARSION EXAM", "other", "comparison"),
        ("REFERENCE EXAM", "other", "comparison"),
        ("NDICATION", "other", "indication"),
        ("RECOMMENDATION(S)", "other", "recommendation"),
        ("CPT CODE", "other", "administrative"),
        ("ADDENDUM TO CHEST RADIOGRAPH OF ___", "part", "addendum"),
        ("WET READ VERSION #1 ___ ___ 8:10 PM", "part", "preliminary"),
        ("FINAL REPORT", "part", "report"),
        ("Electronically signed by", "signature", "signature"),
        ("PA AND LATERAL VIEWS OF THE CHEST", "view", "examination"),
        ("PORTABLE CHEST, 5:30 A.M., ___", "view", "examination"),
        ("PORTABLE SEMI-UPRIGHT AP", "view", "examination"),
        ("CHEST TUBE", "body", "chest tube"),
        ("LUNGS", "body", "lungs"),
        ("COMPRESSION", "body", "compression"),
        ("BINDINGS", "unknown", "bindings"),
        ("ZZ GRADING", "unknown", "zz grading"),
        ("", "unknown", ""),
    ],
)
def test_heading_says_what_it_opens(heading: str, kind: str, section: str) -> None:
    assert classify(heading)[:2] == (kind, section)


@pytest.mark.parametrize("name", sorted(name for name in KNOWN if len(name) >= 8))
def test_names_are_known_by_themselves_and_not_by_another(name: str) -> None:
    assert classify(name.upper()) == KNOWN[name]
