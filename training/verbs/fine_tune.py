"""`python -m training fine-tune`: start a training job, or resume one."""

from __future__ import annotations

import argparse
import json
import sys
from typing import TYPE_CHECKING

from training.verbs.options import (
    NEEDS_YES,
    add_billing,
    add_output,
    add_sagemaker,
    add_target,
    chosen,
    network_of,
    pairs_of,
    refuse_sagemaker,
    sagemaker_environment,
    target_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from common.aws import Target
    from training.config import FineTune
    from training.fine_tuning.started import Started
    from training.jobs.find import Job

HELP = "fine-tune a model on prepared reports"
DESCRIPTION = (
    "Starts a training job on the output of `prepare`. Repeating the command finds the same job: a"
    " running one is reported, a finished one is not paid for twice, and a killed local one resumes"
    " from its checkpoint. SageMaker costs money: --dry-run shows the request, --yes sends it."
)
FAILED = 1
_CLOUD = (
    "output",
    "model_id",
    "model_version",
    "max_runtime_hours",
    "instance_count",
    "tolerate_vulnerable",
)

environment = sagemaker_environment


def arguments(parser: argparse.ArgumentParser) -> None:
    """The verb's own options."""
    parser.add_argument(
        "--data",
        required=True,
        metavar="DIR",
        help="the output of prepare: a folder or s3://bucket/prefix",
    )
    parser.add_argument("--job-name", metavar="NAME", help="default: derived from content and time")
    parser.add_argument(
        "--base", metavar="MODEL", help="start from this model: a folder or s3://….tar.gz"
    )
    parser.add_argument("--epochs", metavar="N", help="short for --hyperparameter epochs=N")
    parser.add_argument(
        "--hyperparameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="may be repeated; the error for an unknown name lists the known ones",
    )
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        help="wait until the job has ended (default: only with --backend local)",
    )
    add_billing(parser)
    add_output(parser)
    add_target(parser)
    group = add_sagemaker(parser, "ml.p3.16xlarge")
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
        "--tolerate-vulnerable",
        action="store_true",
        help="accept a version with known vulnerabilities in its packages",
    )


def run(options: argparse.Namespace) -> int:
    """Start and wait; returns 1 if the job failed or was stopped, 2 if --yes is required."""
    from training.fine_tuning import start

    values = _hyperparameters(options)
    is_local = options.backend == "local"
    config = _local_config(options, values) if is_local else _sagemaker_config(options, values)
    target = target_of(options)
    if options.dry_run or not (is_local or options.yes):
        # Composed even if it is not shown: errors are reported before --yes is given.
        request = start.dry_run(config, target)
        return _show(options, start.price(config, target), request)
    started = start.start(config, target)
    if not options.quiet:
        print(f"{started.job_name}: {_WORDS[started.state]}", file=sys.stderr)
    if is_local if options.wait is None else options.wait:
        return _wait(options, target, started.job_name)
    _print_result(options, started)
    return 0


_WORDS = {
    "started": "started",
    "resumed": "resumed an earlier job, from its last checkpoint if there is one",
    "running": "already running",
    "done": "already done; the same data, base model and hyperparameters give the same model",
}


def _show(options: argparse.Namespace, price: str, request: Mapping[str, object]) -> int:
    print(price, file=sys.stderr)
    if options.dry_run:
        print(json.dumps(request, indent=1))
        return 0
    print("nothing was started: check with --dry-run, then add --yes", file=sys.stderr)
    return NEEDS_YES


def _print_result(options: argparse.Namespace, started: Started) -> None:
    values = {"job": started.job_name, "state": started.state}
    print(json.dumps(values) if options.json else started.job_name)
    if not options.quiet:
        print(
            f"follow it: python -m training metrics --follow --job {started.job_name}",
            file=sys.stderr,
        )


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
    from training.config import PROJECT_TAG, FineTune

    if not options.role_arn:
        raise SettingError(
            "--role-arn", "give the role that SageMaker assumes to train: arn:aws:iam::…:role/…"
        )
    given = {
        "instance_type": options.instance_type,
        "instance_count": options.instance_count,
        "model_id": options.model_id,
        "model_version": options.model_version,
        "max_runtime_s": options.max_runtime_hours and round(options.max_runtime_hours * 3600),
        "kms_key": options.kms_key,
        "job_name": options.job_name,
        "base": options.base,
    }
    defaults = FineTune(data="", output="", role_arn="")
    return FineTune(
        data=options.data,
        output=_output(options),
        role_arn=options.role_arn,
        hyperparameters={**defaults.hyperparameters, **values},
        network=network_of(options),
        tags={**dict([PROJECT_TAG]), **pairs_of("--tag", options.tag)},
        tolerates_vulnerable=options.tolerate_vulnerable,
        **chosen(given),
    )


def _output(options: argparse.Namespace) -> str:
    from common import s3
    from common.errors import SettingError

    if options.output:
        return str(s3.parse(options.output))
    if s3.is_s3(options.data):
        return f"s3://{s3.parse(options.data).bucket}/jobs"
    raise SettingError("--output", "give a location for the model: s3://bucket/prefix")


def _hyperparameters(options: argparse.Namespace) -> dict[str, str]:
    epochs = {"epochs": options.epochs} if options.epochs else {}
    return epochs | pairs_of("--hyperparameter", options.hyperparameter)


def _wait(options: argparse.Namespace, target: Target, name: str) -> int:
    from common.progress import ProgressBar
    from training.jobs import view
    from training.jobs.follow import wait

    with ProgressBar("training, steps", None, quiet=options.quiet) as bar:
        job: Job = wait(target, name, lambda done, _all: bar.at(done))
    summary = view.summary(job)
    print(json.dumps(summary) if options.json else view.lines(summary))
    if job["TrainingJobStatus"] != "Completed":
        reason = job.get("FailureReason") or "repeat the command to resume it"
        print(f"error: {name}: {job['TrainingJobStatus']}: {reason}", file=sys.stderr)
        return FAILED
    return 0
