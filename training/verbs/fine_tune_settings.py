"""The settings of `fine-tune`: its options for SageMaker, and the job that the options describe."""

from __future__ import annotations

import argparse
import math
from typing import TYPE_CHECKING

from training.verbs.options import (
    add_sagemaker,
    chosen,
    network_of,
    pairs_of,
    refuse_sagemaker,
    tags_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from training.config import FineTune

_CLOUD = (
    "output",
    "model_id",
    "model_version",
    "max_runtime_hours",
    "instance_count",
    "volume_gb",
    "spot",
    "max_wait_hours",
    "lora",
    "script_uri",
    "tolerate_vulnerable",
)
_WAIT_S = 24 * 3600  # for spot instances, by default


def add_sagemaker_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that work only with --backend sagemaker."""
    group = add_sagemaker(
        parser,
        "one or several, separated by commas and tried in turn while there is no capacity (default:"
        " ml.p3.16xlarge, or the nearest type that JumpStart lists)",
    )
    group.add_argument(
        "--model-uri",
        metavar="S3",
        help="archive to fine-tune; with --image-uri, JumpStart's metadata is not read",
    )
    group.add_argument(
        "--script-uri",
        metavar="S3",
        help="sourcedir.tar.gz of the training script, like JumpStart's",
    )
    group.add_argument(
        "--output",
        metavar="S3",
        help="s3:// prefix for the model (default: jobs/ in the bucket of the data)",
    )
    group.add_argument("--model-id", metavar="ID", help="default: huggingface-text2text-flan-t5-xl")
    group.add_argument("--model-version", metavar="V", help="default: 1.*, the newest 1.x version")
    group.add_argument("--max-runtime-hours", type=float, metavar="H", help="default: 100")
    group.add_argument("--instance-count", type=int, metavar="N", help="default: 1")
    group.add_argument(
        "--volume-gb",
        type=int,
        metavar="GB",
        help="storage (default: 300); types with storage of their own must have as much",
    )
    group.add_argument(
        "--spot",
        action="store_true",
        help="spot instances: cheaper, but they may be interrupted; checkpoints are kept in S3",
    )
    group.add_argument(
        "--max-wait-hours",
        type=float,
        metavar="H",
        help="with --spot: maximum of waiting and running (default: 24 hours to wait)",
    )
    group.add_argument(
        "--lora", action="store_true", help="train a low-rank adapter, if the model supports it"
    )
    group.add_argument(
        "--tolerate-vulnerable",
        action="store_true",
        help="accept a version with known vulnerabilities in its packages",
    )


def config_of(options: argparse.Namespace) -> FineTune:
    """The job that the options describe; raises SettingError for options that contradict."""
    values = _hyperparameters(options)
    if options.backend == "local":
        return _local_config(options, values)
    return _sagemaker_config(options, values)


def _local_config(options: argparse.Namespace, values: Mapping[str, str]) -> FineTune:
    from common.stack_settings import LocalStackSettings
    from training.container import hyperparameters
    from training.fine_tuning import local

    refuse_sagemaker(options, _CLOUD)
    hyperparameters.read(values)  # report errors now, not in the job
    return local.job(
        options.data,
        f"s3://{LocalStackSettings().training_bucket}/jobs",
        hyperparameters=values,
        job_name=options.job_name,
        base=options.base,
    )


def _sagemaker_config(options: argparse.Namespace, values: Mapping[str, str]) -> FineTune:
    from common.errors import SettingError
    from training.config import Artefacts, FineTune

    if not options.role_arn:
        raise SettingError(
            "--role-arn", "give the role that SageMaker assumes to train: arn:aws:iam::…:role/…"
        )
    if options.max_wait_hours is not None and not options.spot:
        raise SettingError("--max-wait-hours", "is the maximum wait for --spot: give both")
    types = [one.strip() for one in (options.instance_type or "").split(",")]
    if options.instance_type and not all(types):
        raise SettingError(f"--instance-type {options.instance_type}", "write TYPE,TYPE")
    given = {
        "instance_types": tuple(types) if options.instance_type else None,
        "instance_count": options.instance_count,
        "volume_gb": options.volume_gb,
        "model_id": options.model_id,
        "model_version": options.model_version,
        "max_runtime_s": _seconds(options.max_runtime_hours),
        "kms_key": options.kms_key,
        "job_name": options.job_name,
        "base": options.base,
    }
    defaults = FineTune(data="", output="", role_arn="")
    runtime_s = given["max_runtime_s"]
    longest_s = _seconds(options.max_wait_hours)
    if options.spot and longest_s is None:
        longest_s = (defaults.max_runtime_s if runtime_s is None else runtime_s) + _WAIT_S
    return FineTune(
        data=options.data,
        output=_output(options),
        role_arn=options.role_arn,
        hyperparameters={**defaults.hyperparameters, **values},
        network=network_of(options),
        tags=tags_of(options),
        own=Artefacts(image=options.image_uri, model=options.model_uri, script=options.script_uri),
        spot_max_wait_s=longest_s,
        lora=options.lora,
        tolerates_vulnerable=options.tolerate_vulnerable,
        **chosen(given),
    )


def _seconds(hours: float | None) -> int | None:
    from common.errors import SettingError

    if hours is None:
        return None
    if not math.isfinite(hours):
        raise SettingError("--max-runtime-hours, --max-wait-hours", "give a number of hours")
    return round(hours * 3600)


def _output(options: argparse.Namespace) -> str:
    from common import s3
    from common.errors import SettingError

    if options.output:
        return str(s3.parse(options.output))
    if s3.is_s3(options.data):
        return f"s3://{s3.parse(options.data).bucket}/jobs"
    raise SettingError("--output", "give a location for the model: s3://bucket/prefix")


def _hyperparameters(options: argparse.Namespace) -> dict[str, str]:
    from common.errors import SettingError

    values = pairs_of("--hyperparameter", options.hyperparameter)
    for name in ("epochs", "max_output_length"):
        short = getattr(options, name)
        if short and values.setdefault(name, short) != short:
            option = f"--{name.replace('_', '-')} {short}"
            raise SettingError(option, f"contradicts --hyperparameter {name}={values[name]}")
    return values
