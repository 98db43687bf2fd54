from __future__ import annotations

import pytest

from chalicelib.checks import flags
from chalicelib.errors import SettingsError
from chalicelib.settings import (
    DEFAULT_GENERATION,
    DEFAULT_PROMPT,
    DRAFT_CHECKS,
    SAME_REPORT_ID,
    Model,
    read_settings,
)

LEAST = {
    "AWS_REGION": "us-east-1",
    "RESULTS_BUCKET": "results",
    "WORK_QUEUE_URL": "https://queue",
    "IDEMPOTENCY_TABLE": "idempotency",
    "PROGRESS_TABLE": "progress",
    "FINE_TUNED_ENDPOINT": "live",
    "FINE_TUNED_MODEL_ID": "small",
    "FINE_TUNED_MODEL_VERSION": "1",
}


def test_least_environment_has_sound_defaults() -> None:
    settings = read_settings(LEAST)

    assert settings.models == (Model("fine-tuned", "live", "small", "1"),)
    assert settings.live_model.prompt == DEFAULT_PROMPT
    assert settings.live_model.generation == DEFAULT_GENERATION
    assert settings.live_model.codec == "text2text-v1"
    assert settings.chunk_records == 50
    assert settings.micro_batch_records == 16
    assert settings.max_findings_characters == 20_000
    assert settings.max_object_bytes == 150_000_000
    assert settings.retry_delay_s == 30
    assert settings.baseline_sentence == "No acute cardiopulmonary abnormality."


def test_whole_environment_is_read() -> None:
    settings = read_settings(
        {
            **LEAST,
            "PRE_TRAINED_ENDPOINT": "rival",
            "PRE_TRAINED_MODEL_ID": "plain",
            "PRE_TRAINED_MODEL_VERSION": "0",
            "PRE_TRAINED_CODEC": "tgi-v2",
            "PRE_TRAINED_PROMPT": "Sum up: {findings}",
            "PRE_TRAINED_GENERATION": '{"max_length": 60, "do_sample": false}',
            "CHUNK_RECORDS": "10",
            "MICRO_BATCH_RECORDS": "1",
            "MAX_FINDINGS_CHARACTERS": "99",
            "MAX_OBJECT_BYTES": "1000",
            "RETRY_DELAY_S": "2",
            "BASELINE_SENTENCE": "Normal.",
        }
    )

    assert settings.live_model.role == "fine-tuned"
    assert settings.models[1] == Model(
        "pre-trained",
        "rival",
        "plain",
        "0",
        "tgi-v2",
        "Sum up: {findings}",
        {"max_length": 60, "do_sample": False},
    )
    assert settings.chunk_records == 10
    assert settings.micro_batch_records == 1
    assert settings.max_findings_characters == 99
    assert settings.max_object_bytes == 1000
    assert settings.retry_delay_s == 2
    assert settings.baseline_sentence == "Normal."


@pytest.mark.parametrize("empty", [True, False])
@pytest.mark.parametrize("name", sorted(LEAST))
def test_missing_variable_is_named(name: str, *, empty: bool) -> None:
    environment = dict(LEAST)
    del environment[name]
    if empty:
        environment[name] = ""

    with pytest.raises(SettingsError) as caught:
        read_settings(environment)

    assert caught.value.name == name
    assert "\n" not in str(caught.value)


def test_either_variable_of_the_region_will_do() -> None:
    environment = {**LEAST, "AWS_DEFAULT_REGION": LEAST["AWS_REGION"]}
    del environment["AWS_REGION"]

    assert read_settings(environment).results_bucket == "results"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CHUNK_RECORDS", "0"),
        ("CHUNK_RECORDS", "-1"),
        ("CHUNK_RECORDS", "ten"),
        ("CHUNK_RECORDS", "1.5"),
        ("MICRO_BATCH_RECORDS", "²"),
        ("MAX_FINDINGS_CHARACTERS", " "),
        ("MAX_OBJECT_BYTES", "1e6"),
        ("RETRY_DELAY_S", "9" * 5000),  # more digits than Python reads
        ("OMITTED_FROM", "normal"),
        ("OMITTED_FROM", "Acute"),
        ("LONGER_THAN", "-1"),
        ("LONGER_THAN", "100.5"),
        ("LONGER_THAN", "1e1"),
        ("LONGER_THAN", "nan"),
        ("LONGER_THAN", "9" * 5000),
        ("AGE_TOLERANCE", "one"),
        ("AGE_TOLERANCE", "151"),
        ("FINE_TUNED_CODEC", "text2text"),
        ("FINE_TUNED_PROMPT", "no place for them"),
        ("FINE_TUNED_PROMPT", "{findings} {findings}"),
        ("FINE_TUNED_GENERATION", "{"),
        ("FINE_TUNED_GENERATION", "[]"),
        ("FINE_TUNED_GENERATION", '{"stop": "\udc9c"}'),  # a byte that is not UTF-8
        ("FINE_TUNED_GENERATION", '{"stop": ["a"]}'),
    ],
)
def test_unusable_variable_is_named(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as caught:
        read_settings({**LEAST, name: value})

    assert caught.value.name == name


@pytest.mark.parametrize("name", ["PRE_TRAINED_MODEL_ID", "PRE_TRAINED_MODEL_VERSION"])
def test_second_model_needs_what_the_first_needs(name: str) -> None:
    environment = {
        **LEAST,
        "PRE_TRAINED_ENDPOINT": "rival",
        "PRE_TRAINED_MODEL_ID": "plain",
        "PRE_TRAINED_MODEL_VERSION": "0",
    }
    del environment[name]

    with pytest.raises(SettingsError) as caught:
        read_settings(environment)

    assert caught.value.name == name


def test_generation_of_one_model_is_not_shared_with_another() -> None:
    first, second = read_settings(LEAST), read_settings(LEAST)

    assert first.live_model.generation is not second.live_model.generation


@pytest.mark.parametrize(
    ("given", "checks"),
    [
        (None, frozenset()),
        ("none", frozenset()),
        ("all", frozenset(DRAFT_CHECKS)),
        ("wrong_side,omitted", frozenset({"wrong_side", "omitted"})),
    ],
)
def test_draft_checks(given: str | None, checks: frozenset[str]) -> None:
    environment = LEAST | ({} if given is None else {"DRAFT_CHECKS": given})

    assert read_settings(environment).draft_checks == checks


def test_an_unknown_draft_check_is_refused() -> None:
    with pytest.raises(SettingsError, match="DRAFT_CHECKS: names an unknown check"):
        read_settings(LEAST | {"DRAFT_CHECKS": "wrong_sides"})


def test_draft_checks_are_those_that_there_are() -> None:
    assert set(DRAFT_CHECKS) == {*flags.NAMES, SAME_REPORT_ID}


def test_the_thresholds_of_the_checks_are_read() -> None:
    chosen = {"OMITTED_FROM": "acute", "LONGER_THAN": "1.5", "AGE_TOLERANCE": "0"}

    settings = read_settings(LEAST | chosen)

    assert settings.omitted_from == "acute"
    assert (settings.longer_than, settings.age_tolerance) == (1.5, 0.0)


def test_the_default_thresholds_are_those_of_the_checks() -> None:
    settings, options = read_settings(LEAST), flags.Options()

    assert settings.omitted_from == options.omitted_from.name.lower()
    assert settings.longer_than == options.longer_than
    assert settings.age_tolerance == options.age_tolerance
