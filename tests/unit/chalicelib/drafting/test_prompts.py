from __future__ import annotations

import hashlib

from chalicelib.drafting.prompts import prompt_for, prompt_sha256


def test_hash_names_the_template() -> None:
    assert prompt_sha256("é{findings}") == hashlib.sha256("é{findings}".encode()).hexdigest()


def test_a_model_s_prompt_has_the_masks_of_the_training_data() -> None:
    assert prompt_for("Findings: {findings}", "Seen by XXXX on ___.") == (
        "Findings: Seen by ____ on ____."
    )


def test_the_context_has_the_same_masks() -> None:
    prompt = prompt_for("[For {indication}: ]{findings}", "Clear.", {"indication": "XXXX pain"})

    assert prompt == "For ____ pain: Clear."
