"""Runs training jobs, one at a time, each in a process and a folder laid out like /opt/ml."""

from __future__ import annotations

import ctypes
import json
import os
import queue
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from shutil import rmtree
from typing import IO

from boto3.exceptions import Boto3Error
from botocore.exceptions import BotoCoreError, ClientError

from local import environments
from local.archives import pack
from local.errors import LocalError
from local.sagemaker.control import jobs
from local.sagemaker.control.buckets import Aws
from local.sagemaker.control.checkpoints import Checkpoints
from local.sagemaker.control.joblog import JobLog
from local.sagemaker.control.store import Document, Store
from local.settings import ROOT

IMAGE = "impressions-local/small-t5"
ENVIRONMENT = "torch"
STOP_GRACE_S = 120.0
POLL_S = 0.2
_CHANNEL_MODEL = "model"
_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None)

Command = Callable[[], Sequence[str]]


def container_command() -> Sequence[str]:
    """The training container: the project's own, in the environment that has torch.

    Raises LocalError when the environment cannot be made.
    """
    return [str(environments.ensure(ENVIRONMENT)), "-m", "training.container"]


class Runner:
    """One thread that runs the jobs it is told of."""

    def __init__(
        self,
        store: Store,
        aws: Aws,
        folder: Path,
        base_model: Path,
        command: Command = container_command,
    ) -> None:
        """Jobs lie below `folder`; `base_model` stands in for models that are not in S3 here."""
        self._store, self._aws, self._folder = store, aws, folder
        self._base_model, self._command = base_model, command
        self._waiting: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._work, name="training-jobs", daemon=True).start()

    def begin(self, name: str) -> None:
        """Run a job when its turn comes."""
        self._waiting.put(name)

    def _work(self) -> None:
        while True:
            name = self._waiting.get()
            try:
                self._run(name)
            except (LocalError, OSError, BotoCoreError, ClientError, Boto3Error) as error:
                reason = f"ClientError: {' '.join(str(error).split())}"
                jobs.end(self._store, name, "Failed", reason[:1024])
            except Exception as error:  # noqa: BLE001 - the next job must get its turn
                jobs.end(
                    self._store, name, "Failed", f"InternalServerError: {type(error).__name__}"
                )

    def _run(self, name: str) -> None:
        job = self._store.get(jobs.KIND, name)
        if job is None or job["TrainingJobStatus"] != "InProgress":
            if job is not None and job["TrainingJobStatus"] == "Stopping":
                jobs.end(self._store, name, "Stopped")
            return
        folder = self._folder / name
        rmtree(folder, ignore_errors=True)
        log = JobLog(self._aws, job, folder / "output" / "log.txt")
        try:
            self._move(name, "Starting", "Preparing the environment for training")
            command = self._command()
            self._move(name, "Downloading", "Downloading the input data")
            self._lay_out(job, folder, log)
            checkpoints = Checkpoints(self._aws, job, folder / "checkpoints")
            checkpoints.restore()
            self._move(name, "Training", "Training in progress")
            status, killed = self._train(job, folder, command, log, checkpoints)
            checkpoints.keep()
        finally:
            log.close()
        self._store.change(jobs.KIND, name, FinalMetricDataList=log.final())
        self._end(job, folder, status, killed)

    def _move(self, name: str, secondary: str, message: str) -> None:
        job = self._store.get(jobs.KIND, name) or {}
        if job["TrainingJobStatus"] == "InProgress":
            jobs.move(self._store, name, "InProgress", secondary, message)

    def _lay_out(self, job: Document, folder: Path, log: JobLog) -> None:
        """Write what SageMaker writes below /opt/ml/input."""
        config = folder / "input" / "config"
        config.mkdir(parents=True)
        for inner in ("model", "output/data", "checkpoints"):
            (folder / inner).mkdir(parents=True, exist_ok=True)
        channels = {}
        for channel in job.get("InputDataConfig", []):
            name = channel["ChannelName"]
            channels[name] = {"TrainingInputMode": "File", "RecordWrapperType": "None"}
            self._fetch(name, channel["DataSource"]["S3DataSource"]["S3Uri"], folder, log)
        resources = {
            "current_host": "algo-1",
            "hosts": ["algo-1"],
            "current_instance_type": job["ResourceConfig"].get("InstanceType", ""),
        }
        hyperparameters = dict(job.get("HyperParameters", {}))
        if not _is_ours(job):
            log.say(
                f"{job['AlgorithmSpecification']['TrainingImage']} cannot run here: the local "
                "trainer stands in for it, with its own hyperparameters but the number of epochs"
            )
            hyperparameters = {k: v for k, v in hyperparameters.items() if k == "epochs"}
        for name, value in (
            ("hyperparameters", hyperparameters),
            ("inputdataconfig", channels),
            ("resourceconfig", resources),
        ):
            (config / f"{name}.json").write_text(json.dumps(value, indent=1), encoding="utf-8")

    def _fetch(self, name: str, uri: str, folder: Path, log: JobLog) -> None:
        target = folder / "input" / "data" / name
        target.mkdir(parents=True)
        try:
            found = self._aws.fetch(uri, target)
        except ClientError:
            found = []
        if found:
            return
        if name != _CHANNEL_MODEL:
            if name == "training":
                raise FileNotFoundError(f"no S3 objects found under S3 URL {uri!r}")
            return  # of another container, such as the scripts of the JumpStart image
        log.say(f"{uri} is not here: the job starts from the committed pre-trained model")
        for path in self._base_model.iterdir():
            (target / path.name).write_bytes(path.read_bytes())

    def _train(
        self,
        job: Document,
        folder: Path,
        command: Sequence[str],
        log: JobLog,
        checkpoints: Checkpoints,
    ) -> tuple[int, str]:
        """Run the container; its exit status, and why it was ended, if it was."""
        deadline = time.monotonic() + job["StoppingCondition"].get("MaxRuntimeInSeconds", 86_400)
        with subprocess.Popen(  # noqa: S603  # our own command
            command,
            cwd=ROOT,
            env=_environment(job, folder),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            encoding="utf-8",
            errors="replace",
            preexec_fn=_die_with_parent,  # noqa: PLW1509  # one call of libc, loaded before
        ) as process:
            assert process.stdout is not None  # noqa: S101  # asked for above
            reader = threading.Thread(target=_read, args=(process.stdout, log), daemon=True)
            reader.start()
            killed, told_at = "", 0.0
            while process.poll() is None:
                now = time.monotonic()
                if not killed:
                    killed = self._why_end(job["TrainingJobName"], now > deadline)
                    if killed:
                        process.send_signal(signal.SIGTERM)
                        told_at = now
                elif now - told_at > STOP_GRACE_S:
                    process.kill()
                checkpoints.keep_now_and_then()
                log.send_now_and_then()
                time.sleep(POLL_S)
            reader.join()
            return process.returncode, killed

    def _why_end(self, name: str, late: bool) -> str:  # noqa: FBT001  # one caller, above
        job = self._store.get(jobs.KIND, name) or {}
        if job.get("TrainingJobStatus") == "Stopping":
            return "Stopped"
        return "MaxRuntimeExceeded" if late else ""

    def _end(self, job: Document, folder: Path, status: int, killed: str) -> None:
        name = job["TrainingJobName"]
        if status != 0 and not killed:
            failure = folder / "output" / "failure"
            reason = failure.read_text(encoding="utf-8").strip() if failure.is_file() else ""
            code = f"exit code: {status}" if status > 0 else f"killed by signal {-status}"
            told = ", ".join(part for part in (reason, code) if part)
            jobs.end(self._store, name, "Failed", f"AlgorithmError: {told}"[:1024])
            return
        if any((folder / "model").iterdir()):
            output = f"{job['OutputDataConfig']['S3OutputPath'].rstrip('/')}/{name}/output"
            self._move(name, "Uploading", "Uploading generated training model")
            uri = f"{output}/model.tar.gz"
            self._aws.put_bytes(pack(folder / "model"), uri)
            self._store.change(jobs.KIND, name, ModelArtifacts={"S3ModelArtifacts": uri})
        last = "Stopped" if killed else "Completed"
        jobs.end(self._store, name, last, secondary=killed or "Completed")


def _is_ours(job: Document) -> bool:
    image: str = job["AlgorithmSpecification"]["TrainingImage"]
    return re.search(rf"(^|/){re.escape(IMAGE)}(:|$)", image) is not None


def _environment(job: Document, folder: Path) -> dict[str, str]:
    """What the container knows: as sagemaker-training sets it, and where Python finds things."""
    kept = {name: os.environ[name] for name in ("PATH", "LANG", "LC_ALL") if name in os.environ}
    own = job.get("Environment", {})
    return kept | {
        **own,
        "PYTHONPATH": os.pathsep.join((str(ROOT), str(ROOT / "chalice_app"))),
        "PYTHONUNBUFFERED": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "HF_HUB_OFFLINE": "1",
        "TOKENIZERS_PARALLELISM": "false",
        "SAGEMAKER_BASE_DIR": str(folder),
        "TRAINING_JOB_NAME": job["TrainingJobName"],
        "SM_MODEL_DIR": str(folder / "model"),
        "SM_OUTPUT_DATA_DIR": str(folder / "output" / "data"),
        "SM_CHANNEL_TRAINING": str(folder / "input" / "data" / "training"),
        "SM_CHANNEL_MODEL": str(folder / "input" / "data" / "model"),
        "SM_HPS": json.dumps(job.get("HyperParameters", {})),
    }


def _read(stream: IO[str], log: JobLog) -> None:
    for line in stream:
        log.say(line.rstrip("\n"))


def _die_with_parent() -> None:
    """The container must not outlive the server that counts its time."""
    if sys.platform == "linux":
        _libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
