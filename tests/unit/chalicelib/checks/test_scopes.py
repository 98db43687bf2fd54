from __future__ import annotations

import pytest

from chalicelib.checks.labeller import label


def told(text: str) -> dict[str, str]:
    return {fact.finding: fact.status for fact in label(text)}


ABSENT = [
    "No pneumothorax.",
    "There is no effusion, consolidation or pneumothorax.",
    "No mass, large effusion or pneumothorax.",
    "Pneumothorax is not seen.",
    "Effusion and pneumothorax are absent.",
    "The pneumothorax has resolved.",
    "Neither effusion nor pneumothorax.",
    "Pneumothorax: none.",
    "Without evidence of pneumothorax.",
    "Pneumothorax is unlikely.",
]
PRESENT = [
    "Pneumothorax.",
    "No change in the pneumothorax.",
    "Not only an effusion but also a pneumothorax.",
    "The pneumothorax has not resolved.",
    "No effusion, but there is a pneumothorax.",
    "No effusion. Pneumothorax.",
    "No effusion is seen, small pneumothorax.",
    "No effusion and a small pneumothorax.",
    "Without change of the pneumothorax.",
    "The pneumothorax has partially resolved.",
]
UNCERTAIN = [
    "Possible pneumothorax.",
    "A pneumothorax cannot be excluded.",
    "Cannot exclude a pneumothorax.",
    "Pneumothorax is not excluded.",
    "? pneumothorax",
    "This may represent a pneumothorax.",
    "Skin fold versus pneumothorax.",
    "Pneumothorax?",
]


@pytest.mark.parametrize(
    ("text", "status"),
    [
        *((text, "absent") for text in ABSENT),
        *((text, "present") for text in PRESENT),
        *((text, "uncertain") for text in UNCERTAIN),
    ],
)
def test_a_cue_reaches_the_findings_of_its_scope(text: str, status: str) -> None:
    assert told(text)["pneumothorax"] == status


@pytest.mark.parametrize(
    "text",
    [
        "Evaluate for pneumothorax.",
        "Sensitivity to detect pneumothorax is low.",
        "To exclude pneumothorax.",
    ],
)
def test_what_is_only_asked_about_is_no_fact(text: str) -> None:
    assert "pneumothorax" not in told(text)


def test_not_between_the_words_of_a_finding_denies_it() -> None:
    assert told("The mediastinum is not widened.") == {"wide mediastinum": "absent"}


def test_a_device_whose_end_is_not_seen_is_there() -> None:
    text = "A nasogastric tube is seen with its tip not identified."

    assert told(text) == {"enteric tube": "present"}


def test_doubt_about_a_change_is_no_doubt_about_the_finding() -> None:
    assert told("The left effusion is likely unchanged.") == {"pleural effusion": "present"}


def test_one_or_the_other_is_doubted_but_not_both_of_a_denied_list() -> None:
    assert told("Atelectasis or infiltrate.") == {
        "atelectasis": "uncertain",
        "infiltrate": "uncertain",
    }
    assert told("No atelectasis or infiltrate.") == {
        "atelectasis": "absent",
        "infiltrate": "absent",
    }


def test_denying_the_opposite_states_the_normal() -> None:
    assert told("No acute disease.") == {"no acute abnormality": "present"}
    assert told("Acute disease.") == {"no acute abnormality": "absent"}
    assert told("Interval extubation.") == {"endotracheal tube": "absent"}
