"""Runs training jobs, one at a time: downloads the data, trains, monitors, uploads the model."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from shutil import rmtree

from common import environments
from common.archives import pack
from common.errors import CommandError
from local.sagemaker.control import folders, jobs
from local.sagemaker.control.buckets import TROUBLE, Aws, patiently
from local.sagemaker.control.checkpoints import Checkpoints
from local.sagemaker.control.container import Container
from local.sagemaker.control.joblog import JobLog
from local.sagemaker.control.kinds import TRAINING_JOBS
from local.sagemaker.control.store import Document, Store

ENVIRONMENT = "torch"
DAY_S = 86_400  # the default of MaxRuntimeInSeconds
POLL_S = 0.1

Say = Callable[[str], None]
Command = Callable[[Say], Sequence[str]]


def container_command(say: Say) -> Sequence[str]:
    """The command of the project's training container, in the environment with torch.

    Raises EnvironmentSetupError if the environment cannot be created.
    """
    python = environments.ensure(ENVIRONMENT, progress=say)
    return [str(python), "-m", "training.container"]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the runner waits, in seconds."""

    stop: float = 120.0  # from SIGTERM to SIGKILL, as in SageMaker
    close: float = 8.0  # the same, when the server is stopped
    upload: float = 60.0  # for AWS to come back, after hours of training


@dataclass(frozen=True)
class _Ended:
    """How a container ended: its exit status, and why it was asked to stop, if it was."""

    status: int
    stop_reason: str


class Runner:
    """Runs queued jobs in one thread."""

    def __init__(  # noqa: PLR0913  # everything that a job needs
        self,
        store: Store,
        aws: Aws,
        folder: Path,
        base_model: Path,
        *,
        command: Command = container_command,
        patience: Patience | None = None,
    ) -> None:
        """Jobs run in `folder`; `base_model` replaces models that are not in the local S3."""
        self._store, self._aws, self._folder = store, aws, folder
        self._base_model, self._command = base_model, command
        self._patience = patience or Patience()
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="training-jobs", daemon=True)
        self._thread.start()

    def begin(self, name: str) -> None:
        """Queue a job."""
        self._waiting.put(name)

    def close(self) -> None:
        """Stop the running job, keeping its checkpoint; the next server starts waiting jobs."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join(self._patience.close + 2)

    def _work(self) -> None:
        while (name := self._waiting.get()) is not None and not self._closing.is_set():
            try:
                job = jobs.claim(self._store, name)
                if job is not None:  # otherwise it was stopped while it was waiting
                    self._run(job)
            except (CommandError, OSError, *TROUBLE) as error:
                jobs.end(self._store, name, "Failed", f"ClientError: {_line(error)}")
            except Exception as error:  # noqa: BLE001  # the next job must still run
                reason = f"InternalServerError: {type(error).__name__}"
                jobs.end(self._store, name, "Failed", reason)

    def _run(self, job: Document) -> None:
        name = job["TrainingJobName"]
        folder = self._folder / name
        rmtree(folder, ignore_errors=True)
        log = JobLog(self._aws, job, folder / "output" / "log.txt")
        try:
            command = self._command(log.say)
            jobs.advance(self._store, name, "Downloading", "Downloading the input data")
            folders.lay_out(job, folder, self._aws, self._base_model, log.say)
            checkpoints = Checkpoints(self._aws, job, folder / "checkpoints")
            checkpoints.restore()
            jobs.advance(self._store, name, "Training", "Training in progress")
            ended = self._train(job, folder, command, log, checkpoints)
            patiently(checkpoints.keep, 0 if self._closing.is_set() else self._patience.upload)
        finally:
            log.close()
        self._store.change(TRAINING_JOBS, name, FinalMetricDataList=log.final())
        self._end(job, folder, ended)

    def _train(
        self,
        job: Document,
        folder: Path,
        command: Sequence[str],
        log: JobLog,
        checkpoints: Checkpoints,
    ) -> _Ended:
        limit = job.get("StoppingCondition", {}).get("MaxRuntimeInSeconds", DAY_S)
        deadline = time.monotonic() + limit
        with Container(command, folders.environment(job, folder), log.say) as container:
            reason, asked_at = "", 0.0
            while container.status is None:
                now = time.monotonic()
                if not reason:
                    reason = self._stop_reason(job["TrainingJobName"], now > deadline)
                    asked_at = now
                    if reason:
                        container.ask_to_stop()
                elif now - asked_at > self._grace():
                    container.kill()
                checkpoints.keep_now_and_then()
                log.send_now_and_then()
                time.sleep(POLL_S)
            return _Ended(container.status, reason)

    def _stop_reason(self, name: str, is_late: bool) -> str:  # noqa: FBT001  # only called above
        if self._closing.is_set():
            return jobs.LOST
        job = self._store.get(TRAINING_JOBS, name) or {}
        if job.get("TrainingJobStatus") == "Stopping":
            return "Stopped"
        return "MaxRuntimeExceeded" if is_late else ""

    def _grace(self) -> float:
        return self._patience.close if self._closing.is_set() else self._patience.stop

    def _end(self, job: Document, folder: Path, ended: _Ended) -> None:
        name = job["TrainingJobName"]
        if ended.stop_reason == jobs.LOST:
            jobs.end(self._store, name, "Failed", jobs.LOST)
            return
        if ended.status != 0 and not ended.stop_reason:
            jobs.end(self._store, name, "Failed", _failure_reason(folder, ended.status))
            return
        if any((folder / "model").iterdir()):
            self._upload(job, folder / "model")
        if ended.stop_reason:
            jobs.end(self._store, name, "Stopped", secondary=ended.stop_reason)
        else:
            jobs.end(self._store, name, "Completed")

    def _upload(self, job: Document, model: Path) -> None:
        name = job["TrainingJobName"]
        jobs.advance(self._store, name, "Uploading", "Uploading generated training model")
        output = job["OutputDataConfig"]["S3OutputPath"].rstrip("/")
        uri = f"{output}/{name}/output/model.tar.gz"
        packed = pack(model)
        patiently(lambda: self._aws.put_bytes(packed, uri), self._patience.upload)
        self._store.change(TRAINING_JOBS, name, ModelArtifacts={"S3ModelArtifacts": uri})


def _failure_reason(folder: Path, status: int) -> str:
    code = f"exit code: {status}" if status > 0 else f"killed by signal {-status}"
    reason = folders.failure(folder)
    return f"AlgorithmError: {reason}, {code}" if reason else f"AlgorithmError: {code}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
