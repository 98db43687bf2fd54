"""`python -m training fine-tune`: starts a training job, or goes on with one."""

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
    "Starts a training job on what `prepare` wrote. The same command again finds the job: one that"
    " runs is told of, one that is done is not paid for twice; a local one that was killed goes on"
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
        "--data", required=True, metavar="DIR", help="what prepare wrote, or s3://bucket/prefix"
    )
    parser.add_argument("--job-name", metavar="NAME", help="default: made of content and time")
    parser.add_argument(
        "--base", metavar="MODEL", help="start from this model folder or s3://….tar.gz"
    )
    parser.add_argument("--epochs", metavar="N", help="short for --hyperparameter epochs=N")
    parser.add_argument(
        "--hyperparameter",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="may be repeated; a wrong name is answered with the known ones",
    )
    parser.add_argument(
        "--wait",
        action=argparse.BooleanOptionalAction,
        help="until the job has ended (default: only with --backend local)",
    )
    add_billing(parser)
    add_output(parser)
    add_target(parser)
    group = add_sagemaker(parser, "ml.p3.16xlarge")
    group.add_argument(
        "--output", metavar="S3", help="s3:// prefix of the model (default: jobs, beside the data)"
    )
    group.add_argument("--model-id", metavar="ID", help="default: huggingface-text2text-flan-t5-xl")
    group.add_argument("--model-version", metavar="V", help="default: 1.*, the newest of its line")
    group.add_argument("--max-runtime-hours", type=float, metavar="H", help="default: 100")
    group.add_argument("--instance-count", type=int, metavar="N", help="default: 1")
    group.add_argument(
        "--tolerate-vulnerable",
        action="store_true",
        help="accept a version in whose packages AWS knows vulnerabilities",
    )


def run(options: argparse.Namespace) -> int:
    """Start and wait; 1 when the job failed or was stopped, 2 when --yes is wanted first."""
    from training.fine_tuning import start

    values = _hyperparameters(options)
    is_local = options.backend == "local"
    config = _config_here(options, values) if is_local else _config_there(options, values)
    target = target_of(options)
    if options.dry_run or not (is_local or options.yes):
        # Composed even when it is not shown: what is wrong is told before anybody says yes.
        request = start.dry_run(config, target)
        return _show(options, start.price(config, target), request)
    started = start.start(config, target)
    if not options.quiet:
        print(f"{started.job_name}: {_WORDS[started.state]}", file=sys.stderr)
    if is_local if options.wait is None else options.wait:
        return _wait(options, target, started.job_name)
    _tell(options, started)
    return 0


_WORDS = {
    "started": "started",
    "resumed": "goes on where an earlier job stopped, from its last checkpoint if it left one",
    "running": "was started before and runs",
    "done": "was done before; the same data, base and hyperparameters make the same model",
}


def _show(options: argparse.Namespace, price: str, request: Mapping[str, object]) -> int:
    print(price, file=sys.stderr)
    if options.dry_run:
        print(json.dumps(request, indent=1))
        return 0
    print("nothing was started: look with --dry-run, then add --yes", file=sys.stderr)
    return NEEDS_YES


def _tell(options: argparse.Namespace, started: Started) -> None:
    told = {"job": started.job_name, "state": started.state}
    print(json.dumps(told) if options.json else started.job_name)
    if not options.quiet:
        print(
            f"follow it: python -m training metrics --follow --job {started.job_name}",
            file=sys.stderr,
        )


def _config_here(options: argparse.Namespace, values: Mapping[str, str]) -> FineTune:
    from common.stack_settings import LocalStackSettings
    from training.container import hyperparameters
    from training.fine_tuning import local

    refuse_sagemaker(options, _CLOUD)
    hyperparameters.read(values)  # a wrong one is told now and not by the job
    return local.job(
        options.data,
        f"s3://{LocalStackSettings().training_bucket}/jobs",
        hyperparameters=values,
        job_name=options.job_name,
        base=options.base,
    )


def _config_there(options: argparse.Namespace, values: Mapping[str, str]) -> FineTune:
    from common.errors import SettingError
    from training.config import PROJECT_TAG, FineTune

    if not options.role_arn:
        raise SettingError(
            "--role-arn", "name the role that SageMaker assumes to train: arn:aws:iam::…:role/…"
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
    raise SettingError("--output", "name where the model goes: s3://bucket/prefix")


def _hyperparameters(options: argparse.Namespace) -> dict[str, str]:
    epochs = {"epochs": options.epochs} if options.epochs else {}
    return epochs | pairs_of("--hyperparameter", options.hyperparameter)


def _wait(options: argparse.Namespace, target: Target, name: str) -> int:
    from common.progress import ProgressBar
    from training.jobs import view
    from training.jobs.follow import wait

    with ProgressBar("training, steps", None, quiet=options.quiet) as bar:
        job: Job = wait(target, name, lambda done, _all: bar.at(done))
    told = view.summary(job)
    print(json.dumps(told) if options.json else view.lines(told))
    if job["TrainingJobStatus"] != "Completed":
        reason = job.get("FailureReason") or "run the same command again to go on"
        print(f"error: {name}: {job['TrainingJobStatus']}: {reason}", file=sys.stderr)
        return FAILED
    return 0
