"""Checks generation parameters against each other and against the length that a model learned.

They are a parameter of the stack, `FineTunedGeneration`. SageMaker sees them only in each call, so
a contradiction would make every call fail, and too short a length cuts every long impression.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from common.errors import SettingError
from training.jobs.find import Job

LENGTH = "max_length"
LONGEST_PARAMETER = 300  # characters of a stack parameter, as in template.yaml
_SAMPLING = ("temperature", "top_k", "top_p")
_INTEGERS = {LENGTH: 1, "min_length": 0, "num_beams": 1, "num_return_sequences": 1}
_LEARNED = "max_output_length"  # the hyperparameter

Generation = dict[str, Any]


def read(name: str, text: str) -> Generation:
    """The parameters; `name` is the stack's parameter. Raises SettingError if they contradict."""
    try:
        found: Any = json.loads(text or "{}")
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SettingError(name, "is not a JSON object")
    for member, least in _INTEGERS.items():
        value = found.get(member, 1)
        if isinstance(value, bool) or not isinstance(value, int) or value < least:
            raise SettingError(name, f"{member} must be an integer of at least {least}")
    if found.get("min_length", 0) > found.get(LENGTH, found.get("min_length", 0)):
        raise SettingError(name, f"min_length is more than {LENGTH}: no text can be generated")
    beams, texts = found.get("num_beams", 1), found.get("num_return_sequences", 1)
    if texts > beams and not found.get("do_sample"):
        problem = f"num_return_sequences {texts} is more than num_beams {beams}"
        raise SettingError(name, f"{problem}: the model rejects every call")
    return found


def with_length(name: str, generation: Generation, length: int) -> str:
    """The parameters as text, with another length; SettingError if they contradict it."""
    text = json.dumps(generation | {LENGTH: length})
    if len(text) > LONGEST_PARAMETER:
        raise SettingError(name, f"is longer than {LONGEST_PARAMETER} characters with {LENGTH}")
    read(name, text)
    return text


def learned(job: Job) -> int | None:
    """The tokens of an impression that a job trained on, at most; None if there is no limit."""
    text = job.get("HyperParameters", {}).get(_LEARNED, "").strip('"')
    return int(text) if text.isascii() and text.isdigit() and int(text) > 0 else None


def check_length(length: int, job: Job) -> None:
    """Raise SettingError for a --max-output-length that the job's model never learned."""
    if length < 1:
        raise SettingError("--max-output-length", "must be at least 1")
    most = learned(job)
    if most is not None and length > most:
        problem = (
            f"{job['TrainingJobName']} was trained on impressions of at most {most} tokens:"
            f" give {most} or less, or fine-tune with --max-output-length {length}"
        )
        raise SettingError(f"--max-output-length {length}", problem)


def notes(name: str, generation: Mapping[str, Any], job: Job | None) -> list[str]:
    """What works but is probably not meant; `job` is None for a model before fine-tuning."""
    found = []
    idle = [one for one in _SAMPLING if one in generation]
    if idle and not generation.get("do_sample"):
        found.append(f"{name}: {', '.join(idle)} has no effect without do_sample")
    length, most = generation.get(LENGTH), learned(job) if job else None
    if length is None or most is None or length == most:
        return found
    if length < most:
        found.append(
            f"{name} cuts impressions after {length} tokens, but the model was trained on up to"
            f" {most}: --max-output-length {most} sets both to the same"
        )
    else:
        found.append(
            f"{name} allows {length} tokens, but the model was trained on {most} at most:"
            f" --max-output-length {most} sets both to the same"
        )
    return found
