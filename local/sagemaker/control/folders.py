"""A job's folders, laid out like /opt/ml, and its environment, as in sagemaker-training."""

from __future__ import annotations

import json
import os
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from common.paths import ROOT
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.store import Document

IMAGE = "impressions-local/small-t5"
HOST = "algo-1"
_TRAINING, _MODEL = "training", "model"

Say = Callable[[str], None]


def lay_out(job: Document, folder: Path, aws: Aws, base_model: Path, say: Say) -> None:
    """Write the files that SageMaker writes to /opt/ml, including the channels.

    Raises:
        FileNotFoundError: the training channel is empty.
        one of buckets.TROUBLE: S3 does not respond.
    """
    for inner in ("input/config", "input/data", "model", "output/data", "checkpoints"):
        (folder / inner).mkdir(parents=True, exist_ok=True)
    channels = {}
    for channel in job.get("InputDataConfig", []):
        name = channel["ChannelName"]
        channels[name] = {"TrainingInputMode": "File", "RecordWrapperType": "None"}
        target = folder / "input" / "data" / name
        target.mkdir()
        uri = channel["DataSource"]["S3DataSource"]["S3Uri"]
        if not _fetch(aws, uri, target):
            _substitute(name, uri, target, base_model, say)
    config = folder / "input" / "config"
    _write(config / "hyperparameters.json", _hyperparameters(job, say))
    _write(config / "inputdataconfig.json", channels)
    _write(config / "resourceconfig.json", _resources(job))


def environment(job: Document, folder: Path) -> dict[str, str]:
    """The container's environment variables, without the user's AWS settings."""
    kept: dict[str, str] = {
        name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ
    }
    data = folder / "input" / "data"
    channels = [channel["ChannelName"] for channel in job.get("InputDataConfig", [])]
    requested: dict[str, str] = job.get("Environment", {})
    return (
        kept
        | requested
        | {f"SM_CHANNEL_{name.upper()}": str(data / name) for name in channels}
        | {
            "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "chalice_app"))),
            "PYTHONUNBUFFERED": "1",
            "PYTHONDONTWRITEBYTECODE": "1",
            "HF_HUB_OFFLINE": "1",
            "TOKENIZERS_PARALLELISM": "false",
            "SAGEMAKER_BASE_DIR": str(folder),
            "TRAINING_JOB_NAME": job["TrainingJobName"],
            "SM_MODEL_DIR": str(folder / "model"),
            "SM_OUTPUT_DATA_DIR": str(folder / "output" / "data"),
            "SM_HPS": json.dumps(job.get("HyperParameters", {})),
        }
    )


def failure(folder: Path) -> str:
    """The reason that the container gives for its failure; empty if it gives none."""
    path = folder / "output" / "failure"
    return path.read_text(encoding="utf-8", errors="replace").strip() if path.is_file() else ""


def _fetch(aws: Aws, uri: str, target: Path) -> bool:
    try:
        return bool(aws.fetch(uri, target))
    except ClientError:
        return False  # no such bucket


def _substitute(name: str, uri: str, target: Path, base_model: Path, say: Say) -> None:
    """Handle a channel whose data is not in the local S3."""
    if name == _TRAINING:
        raise FileNotFoundError(f"no S3 objects found under S3 URL {uri!r}")
    if name != _MODEL:
        # JumpStart's scripts, which the local trainer does not need.
        say(f"{uri} does not exist locally: the channel {name} stays empty")
        return
    say(f"{uri} does not exist locally: the job starts from the committed pre-trained model")
    for path in base_model.iterdir():
        shutil.copyfile(path, target / path.name)


def _hyperparameters(job: Document, say: Say) -> dict[str, str]:
    given: dict[str, str] = job.get("HyperParameters", {})
    image: str = job["AlgorithmSpecification"]["TrainingImage"]
    if re.search(rf"(^|/){re.escape(IMAGE)}(:|@|$)", image):
        return given
    say(
        f"{image} cannot run here: the local trainer replaces it. Of the hyperparameters, only the "
        "number of epochs is used"
    )
    return {name: value for name, value in given.items() if name == "epochs"}


def _resources(job: Document) -> dict[str, Any]:
    return {
        "current_host": HOST,
        "hosts": [HOST],
        "network_interface_name": "lo",
        "current_instance_type": job.get("ResourceConfig", {}).get("InstanceType", ""),
    }


def _write(path: Path, content: dict[str, Any]) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
