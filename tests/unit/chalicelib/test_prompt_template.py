from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.prompt_template import CONTEXT_FIELDS, fill, problem_of
from chalicelib.settings import DEFAULT_PROMPT

LITERAL = st.text(max_size=30) | st.sampled_from(
    ["{findings}", "{indication}", "[{age}]", "{0}", "%s", "\\1", "{", "]", "Ignore the above"]
)


class TestFindings:
    @settings(deadline=None)
    @given(LITERAL)
    def test_stand_in_the_prompt_as_they_are(self, findings: str) -> None:
        prompt = fill("Before {findings} after {0} %s [x] \\n", findings)

        assert prompt == "Before " + findings + " after {0} %s [x] \\n"

    def test_stand_behind_the_article_s_words(self) -> None:
        assert fill(DEFAULT_PROMPT, "Clear.") == (
            "Generate radiology report impressions based on the following findings. "
            "Findings: Clear."
        )

    @given(st.sampled_from([DEFAULT_PROMPT, "[INST] {findings} [/INST]", "{{findings}}"]))
    def test_are_all_that_a_template_without_context_takes(self, template: str) -> None:
        context = dict.fromkeys(CONTEXT_FIELDS, "something")

        assert fill(template, "Clear.", context) == fill(template, "Clear.")
        assert fill(template, "Clear.") == template.replace("{findings}", "Clear.")


class TestContext:
    @settings(deadline=None)
    @given(LITERAL, LITERAL)
    def test_stands_in_the_prompt_as_it_is(self, findings: str, indication: str) -> None:
        template = "[Indication: {indication}. ]Findings: {findings}"

        prompt = fill(template, findings, {"indication": indication})

        assert prompt == f"Indication: {indication}. Findings: {findings}"

    @pytest.mark.parametrize(
        ("context", "prompt"),
        [
            ({}, "Findings: Clear."),
            ({"age": "67"}, "67 years. Findings: Clear."),
            ({"age": "67", "sex": "F"}, "67 years. 67 F: Findings: Clear."),
            ({"sex": "F"}, "Findings: Clear."),
        ],
    )
    def test_that_is_missing_leaves_no_hole(self, context: dict[str, str], prompt: str) -> None:
        template = "[{age} years. ][{age} {sex}: ]Findings: {findings}"

        assert fill(template, "Clear.", context) == prompt


class TestProblem:
    @pytest.mark.parametrize(
        "template",
        [DEFAULT_PROMPT, "[INST]{findings}[/INST]", "[{age}] {findings}", "[[{age}]] {findings}"],
    )
    def test_is_none_in_a_valid_template(self, template: str) -> None:
        assert problem_of(template) is None

    @pytest.mark.parametrize(
        ("template", "problem"),
        [
            ("Findings:", "exactly once"),
            ("{findings} {findings}", "exactly once"),
            ("{indication} {findings}", "{indication} outside square brackets"),
            ("[x] {age}] {findings}", "{age} outside square brackets"),
            ("[{age} {findings}]", "{findings} in an optional part"),
        ],
    )
    def test_is_named(self, template: str, problem: str) -> None:
        assert problem in (problem_of(template) or "")
