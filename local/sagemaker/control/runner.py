"""Runs training jobs, one at a time: fetches, trains, watches, uploads."""

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
from local.errors import LocalError
from local.sagemaker.control import folders, jobs
from local.sagemaker.control.buckets import TROUBLE, Aws, patiently
from local.sagemaker.control.checkpoints import Checkpoints
from local.sagemaker.control.container import Container
from local.sagemaker.control.joblog import JobLog
from local.sagemaker.control.kinds import TRAINING_JOBS
from local.sagemaker.control.store import Document, Store

ENVIRONMENT = "torch"
DAY_S = 86_400  # MaxRuntimeInSeconds, when it is not given
POLL_S = 0.1

Say = Callable[[str], None]
Command = Callable[[Say], Sequence[str]]


def container_command(say: Say) -> Sequence[str]:
    """The training container: the project's own, in the environment that has torch.

    Raises LocalError when the environment cannot be made.
    """
    python = environments.ensure(ENVIRONMENT, progress=say)
    return [str(python), "-m", "training.container"]


@dataclass(frozen=True, kw_only=True)
class Patience:
    """How long the runner waits, in seconds."""

    stop: float = 120.0  # SageMaker's: from SIGTERM to SIGKILL
    close: float = 8.0  # the same, when the server itself ends
    upload: float = 60.0  # for an AWS that is down, after hours of training


@dataclass(frozen=True)
class _Ended:
    """How a container ended: its exit status, and the last status if it was told to stop."""

    status: int
    told: str


class Runner:
    """One thread that runs the jobs it is told of."""

    def __init__(  # noqa: PLR0913  # the places and people that a job has to do with
        self,
        store: Store,
        aws: Aws,
        folder: Path,
        base_model: Path,
        *,
        command: Command = container_command,
        patience: Patience | None = None,
    ) -> None:
        """Jobs lie below `folder`; `base_model` stands in for models that are not in S3 here."""
        self._store, self._aws, self._folder = store, aws, folder
        self._base_model, self._command = base_model, command
        self._patience = patience or Patience()
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="training-jobs", daemon=True)
        self._thread.start()

    def begin(self, name: str) -> None:
        """Run a job when its turn comes."""
        self._waiting.put(name)

    def close(self) -> None:
        """End the job that runs, its checkpoint kept; jobs that wait begin with the next server."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join(self._patience.close + 2)

    def _work(self) -> None:
        while (name := self._waiting.get()) is not None and not self._closing.is_set():
            try:
                job = jobs.claim(self._store, name)
                if job is not None:  # stopped while it waited
                    self._run(job)
            except (LocalError, OSError, *TROUBLE) as error:
                jobs.end(self._store, name, "Failed", f"ClientError: {_line(error)}")
            except Exception as error:  # noqa: BLE001  # the next job must get its turn
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
            told, told_at = "", 0.0
            while container.status is None:
                now = time.monotonic()
                if not told:
                    told, told_at = self._why_stop(job["TrainingJobName"], now > deadline), now
                    if told:
                        container.ask_to_stop()
                elif now - told_at > self._grace():
                    container.kill()
                checkpoints.keep_now_and_then()
                log.send_now_and_then()
                time.sleep(POLL_S)
            return _Ended(container.status, told)

    def _why_stop(self, name: str, is_late: bool) -> str:  # noqa: FBT001  # one caller, above
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
        if ended.told == jobs.LOST:
            jobs.end(self._store, name, "Failed", jobs.LOST)
            return
        if ended.status != 0 and not ended.told:
            jobs.end(self._store, name, "Failed", _reason(folder, ended.status))
            return
        if any((folder / "model").iterdir()):
            self._upload(job, folder / "model")
        if ended.told:
            jobs.end(self._store, name, "Stopped", secondary=ended.told)
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


def _reason(folder: Path, status: int) -> str:
    code = f"exit code: {status}" if status > 0 else f"killed by signal {-status}"
    said = folders.failure(folder)
    return f"AlgorithmError: {said}, {code}" if said else f"AlgorithmError: {code}"


def _line(error: Exception) -> str:
    return " ".join(str(error).split()) or type(error).__name__
