"""The settings of a process, read once from the environment variables that template.yaml sets."""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from functools import cache

import msgspec

from chalicelib.errors import SettingsError
from chalicelib.prompt_template import problem_of

# The article's prompt and generation parameters.
DEFAULT_PROMPT = (
    "Generate radiology report impressions based on the following findings. Findings: {findings}"
)
DEFAULT_GENERATION = {"max_length": 80, "num_beams": 10, "num_return_sequences": 1}
DEFAULT_BASELINE = "No acute cardiopulmonary abnormality."
CODECS = ("text2text-v1", "tgi-v2")
# The checks of drafts (docs/draft-checks.md); one of them looks at the other records of a file.
SAME_REPORT_ID = "same_report_id_twice"
DRAFT_CHECKS = (
    "wrong_side",
    "contradicted",
    "normal_draft_abnormal_findings",
    "critical_finding",
    "omitted",
    "unsupported",
    "number_not_in_findings",
    "change_not_in_findings",
    "age_or_sex_mismatch",
    "repeated_or_cut",
    "longer_than_findings",
    "not_checked",
    SAME_REPORT_ID,
)
# How much a finding must matter to be flagged as left out (checks.lexicon.table.Weight).
WEIGHTS = ("incidental", "chronic", "acute")
DEFAULT_OMITTED_FROM = "chronic"
DEFAULT_LONGER_THAN = 1.0
DEFAULT_AGE_TOLERANCE = 1.0
MAX_LONGER_THAN = 100
MAX_AGE_TOLERANCE = 150
ROLES = ("fine-tuned", "pre-trained")
NIGHTLY_MODES = ("batch", "live")
_POSITIVE = re.compile(r"(?=0*[1-9])[0-9]{1,18}")
_DECIMAL = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,9})?")


class Model(msgspec.Struct, frozen=True):
    """One registered model: its endpoint, how to call it, and how rows identify it."""

    role: str
    endpoint_name: str
    model_id: str
    version: str
    codec: str = "text2text-v1"
    prompt: str = DEFAULT_PROMPT
    generation: dict[str, str | int | float | bool] = msgspec.field(
        default_factory=lambda: dict(DEFAULT_GENERATION)
    )


class Settings(msgspec.Struct, frozen=True):
    """The settings of a process; template.yaml describes each parameter."""

    results_bucket: str
    work_queue_url: str
    idempotency_table: str
    progress_table: str
    models: tuple[Model, ...]
    chunk_records: int = 50
    micro_batch_records: int = 16
    max_findings_characters: int = 20_000
    max_object_bytes: int = 150_000_000
    retry_delay_s: int = 30
    baseline_sentence: str = DEFAULT_BASELINE
    landing_bucket: str = ""
    dead_letter_queue_url: str = ""
    data_key_arn: str = ""
    stack_name: str = "impressions"
    nightly_mode: str = "batch"
    shard_records: int = 2000
    sweep_after_s: int = 3600
    sweep_days: int = 14
    transform_instance_type: str = "ml.g5.2xlarge"
    transform_instances: int = 1
    draft_checks: frozenset[str] = frozenset()
    omitted_from: str = DEFAULT_OMITTED_FROM
    longer_than: float = DEFAULT_LONGER_THAN
    age_tolerance: float = DEFAULT_AGE_TOLERANCE

    @property
    def live_model(self) -> Model:
        """The model of the incoming and nightly lanes."""
        return self.models[0]


@cache
def current_settings() -> Settings:
    """The settings of this process, read and validated once."""
    return read_settings(os.environ)


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read and validate the settings.

    Raises:
        SettingsError: a variable is missing or not valid; the message names it.
    """
    if not (environment.get("AWS_REGION") or environment.get("AWS_DEFAULT_REGION")):
        raise SettingsError("AWS_REGION", "is not set; set it to the region of the stack")
    fine_tuned = read_model(environment, "fine-tuned")
    if fine_tuned is None:
        problem = "is not set; set it to the live model's endpoint"
        raise SettingsError("FINE_TUNED_ENDPOINT", problem)
    pre_trained = read_model(environment, "pre-trained")
    return Settings(
        results_bucket=_require(environment, "RESULTS_BUCKET"),
        work_queue_url=_require(environment, "WORK_QUEUE_URL"),
        idempotency_table=_require(environment, "IDEMPOTENCY_TABLE"),
        progress_table=_require(environment, "PROGRESS_TABLE"),
        models=(fine_tuned,) if pre_trained is None else (fine_tuned, pre_trained),
        chunk_records=_positive(environment, "CHUNK_RECORDS", 50),
        micro_batch_records=_positive(environment, "MICRO_BATCH_RECORDS", 16),
        max_findings_characters=_positive(environment, "MAX_FINDINGS_CHARACTERS", 20_000),
        max_object_bytes=_positive(environment, "MAX_OBJECT_BYTES", 150_000_000),
        retry_delay_s=_positive(environment, "RETRY_DELAY_S", 30),
        baseline_sentence=environment.get("BASELINE_SENTENCE") or DEFAULT_BASELINE,
        landing_bucket=environment.get("LANDING_BUCKET", ""),
        dead_letter_queue_url=environment.get("DEAD_LETTER_QUEUE_URL", ""),
        data_key_arn=environment.get("DATA_KEY_ARN", ""),
        stack_name=environment.get("STACK_NAME") or "impressions",
        nightly_mode=_nightly_mode(environment, fine_tuned),
        shard_records=_positive(environment, "SHARD_RECORDS", 2000),
        sweep_after_s=_positive(environment, "SWEEP_AFTER_S", 3600),
        sweep_days=_positive(environment, "SWEEP_DAYS", 14),
        transform_instance_type=environment.get("TRANSFORM_INSTANCE_TYPE") or "ml.g5.2xlarge",
        transform_instances=_positive(environment, "TRANSFORM_INSTANCES", 1),
        draft_checks=_draft_checks(environment),
        omitted_from=_omitted_from(environment),
        longer_than=_decimal(environment, "LONGER_THAN", DEFAULT_LONGER_THAN, MAX_LONGER_THAN),
        age_tolerance=_decimal(
            environment, "AGE_TOLERANCE", DEFAULT_AGE_TOLERANCE, MAX_AGE_TOLERANCE
        ),
    )


def _draft_checks(environment: Mapping[str, str]) -> frozenset[str]:
    """The names of the checks that run; none if the variable is not set."""
    given = environment.get("DRAFT_CHECKS", "none").strip()
    if given in {"", "none"}:
        return frozenset()
    if given == "all":
        return frozenset(DRAFT_CHECKS)
    names = [name.strip() for name in given.split(",")]
    for name in names:
        if name not in DRAFT_CHECKS:
            known = ", ".join(DRAFT_CHECKS)
            raise SettingsError("DRAFT_CHECKS", f"names an unknown check; known are {known}")
    return frozenset(names)


def _omitted_from(environment: Mapping[str, str]) -> str:
    weight = environment.get("OMITTED_FROM") or DEFAULT_OMITTED_FROM
    if weight not in WEIGHTS:
        raise SettingsError("OMITTED_FROM", f"must be one of {', '.join(WEIGHTS)}")
    return weight


def _decimal(environment: Mapping[str, str], name: str, default: float, most: int) -> float:
    text = environment.get(name) or str(default)
    if _DECIMAL.fullmatch(text) is None or float(text) > most:
        raise SettingsError(name, f"must be a number from 0 to {most}, such as 1.5")
    return float(text)


def read_model(environment: Mapping[str, str], role: str) -> Model | None:
    """The model of a role; None if its endpoint is not set.

    Raises:
        SettingsError: a variable is missing or not valid; the message names it.
    """
    prefix = role.upper().replace("-", "_")
    endpoint = environment.get(f"{prefix}_ENDPOINT")
    if not endpoint:
        return None
    codec = environment.get(f"{prefix}_CODEC") or CODECS[0]
    if codec not in CODECS:
        raise SettingsError(f"{prefix}_CODEC", f"must be one of {', '.join(CODECS)}")
    prompt = environment.get(f"{prefix}_PROMPT") or DEFAULT_PROMPT
    problem = problem_of(prompt)
    if problem is not None:
        raise SettingsError(f"{prefix}_PROMPT", problem)
    return Model(
        role=role,
        endpoint_name=endpoint,
        model_id=_require(environment, f"{prefix}_MODEL_ID"),
        version=_require(environment, f"{prefix}_MODEL_VERSION"),
        codec=codec,
        prompt=prompt,
        generation=_generation(environment, f"{prefix}_GENERATION"),
    )


def _nightly_mode(environment: Mapping[str, str], live: Model) -> str:
    mode = environment.get("NIGHTLY_MODE") or NIGHTLY_MODES[0]
    if mode not in NIGHTLY_MODES:
        raise SettingsError("NIGHTLY_MODE", f"must be one of {', '.join(NIGHTLY_MODES)}")
    if mode == "batch" and live.codec != "text2text-v1":
        # A 2.x model has no archive that a transform job could use.
        return "live"
    return mode


def _generation(environment: Mapping[str, str], name: str) -> dict[str, str | int | float | bool]:
    text = environment.get(name)
    if not text:
        return dict(DEFAULT_GENERATION)
    try:
        return msgspec.json.decode(text, type=dict[str, str | int | float | bool])
    except (msgspec.MsgspecError, UnicodeEncodeError) as error:
        problem = f"must be a JSON object of strings, numbers and booleans ({error})"
        raise SettingsError(name, problem) from error


def _require(environment: Mapping[str, str], name: str) -> str:
    value = environment.get(name)
    if not value:
        raise SettingsError(name, "is not set; deploy with template.yaml, which sets it")
    return value


def _positive(environment: Mapping[str, str], name: str, default: int) -> int:
    text = environment.get(name) or str(default)
    # At most 18 digits: Python refuses to read thousands of them.
    if _POSITIVE.fullmatch(text) is None:
        raise SettingsError(name, "must be an integer of at least 1")
    return int(text)
