"""Runs transform jobs, one at a time: fetches shards, calls the model, writes its output.

An output line has the format of JumpStart's 1.x container: a Python dict literal, not JSON.
"""

from __future__ import annotations

import ast
import json
import logging
import queue
import threading
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import msgspec

from local.sagemaker.control import transforms
from local.sagemaker.control.buckets import TROUBLE, Aws, patiently
from local.sagemaker.control.kinds import MODELS, TRANSFORM_JOBS
from local.sagemaker.control.naming import now
from local.sagemaker.control.store import Document, Store
from local.sagemaker.errors import SetupError
from local.sagemaker.model import Model
from local.sagemaker.payload import GenerationParameters

# Loads the model of a resource (`Serving.load_apart`).
LoadModel = Callable[[Document], Model]
Announce = Callable[[Document], None]
PAYLOAD_MB = 6  # the default of MaxPayloadInMB
MOST_LINES = 64  # lines per payload; the real container batches them differently
UPLOAD_S = 60.0

_log = logging.getLogger(__name__)


class _JobError(Exception):
    """The job fails with a reason that may be shown to its owner."""


class Transformer:
    """Runs queued jobs in one thread."""

    def __init__(
        self, store: Store, aws: Aws, folder: Path, load: LoadModel, announce: Announce
    ) -> None:
        """`folder` contains the files of a running job; `announce` receives every ended job."""
        self._store, self._aws, self._folder = store, aws, folder
        self._load, self._announce = load, announce
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._work, name="transform-jobs", daemon=True)
        self._thread.start()

    def begin(self, name: str) -> None:
        """Queue a job."""
        self._waiting.put(name)

    def close(self) -> None:
        """Interrupt the running job; the next server starts it again."""
        self._closing.set()
        self._waiting.put(None)
        self._thread.join()

    def _work(self) -> None:
        while (name := self._waiting.get()) is not None and not self._closing.is_set():
            job = self._store.get(TRANSFORM_JOBS, name)
            if job is None or job["TransformJobStatus"] in transforms.ENDED:
                continue
            outcome = self._outcome(job)
            if outcome is not None:
                self._publish(transforms.end(self._store, name, *outcome))

    def _outcome(self, job: Document) -> tuple[str, str] | None:
        """Run a job; returns its final status and the reason, or None if the server is stopped."""
        name = job["TransformJobName"]
        if transforms.is_stopping(self._store, name):
            return "Stopped", ""
        self._folder.mkdir(parents=True, exist_ok=True)
        folder = Path(mkdtemp(dir=self._folder))
        try:
            self._store.change(TRANSFORM_JOBS, name, TransformStartTime=now())
            self._run(job, folder)
        except _JobError as error:
            return "Failed", str(error)
        except (SetupError, OSError, EOFError, *TROUBLE) as error:
            return "Failed", f"ClientError: {' '.join(str(error).split())}"
        except Exception as error:  # noqa: BLE001  # the job would stay in progress forever
            # Only the type: an error message may contain the data.
            _log.error("transform job %s failed: %s", name, type(error).__name__)
            return "Failed", f"InternalServerError: {type(error).__name__}"
        finally:
            rmtree(folder, ignore_errors=True)
        if self._closing.is_set():
            return None
        return ("Stopped" if transforms.is_stopping(self._store, name) else "Completed"), ""

    def _run(self, job: Document, folder: Path) -> None:
        resource = self._store.get(MODELS, job["ModelName"])
        if resource is None:
            raise _JobError(f"ClientError: the model {job['ModelName']} no longer exists")
        source = job["TransformInput"]["DataSource"]["S3DataSource"]["S3Uri"]
        files = self._aws.fetch(source, folder / "in")
        if not files:
            raise _JobError(f"ClientError: no objects at {source}")
        parameters = _parameters(job.get("Environment", {}))
        model = self._load(resource)
        most = job.get("MaxPayloadInMB", PAYLOAD_MB) * 1_000_000
        for file in files:
            out = folder / "out"
            with file.open("rb") as lines, out.open("wb") as output:
                for payload in _payloads(lines, most, file.name):
                    if self._is_interrupted(job):
                        return
                    output.writelines(_drafted(model, parameters, payload, file.name))
            name = file.relative_to(folder / "in").as_posix()
            target = f"{job['TransformOutput']['S3OutputPath'].rstrip('/')}/{name}.out"
            patiently(lambda out=out, target=target: self._aws.put(out, target), UPLOAD_S)  # type: ignore[misc]  # mypy infers no lambda with defaults

    def _is_interrupted(self, job: Document) -> bool:
        name = job["TransformJobName"]
        return self._closing.is_set() or transforms.is_stopping(self._store, name)

    def _publish(self, job: Document) -> None:
        try:
            patiently(lambda: self._announce(job), UPLOAD_S)
        except TROUBLE as error:
            # As on AWS, an event may be lost: receivers must also check the job itself.
            name = job["TransformJobName"]
            _log.warning("the event for the end of %s was lost: %s", name, type(error).__name__)


def _parameters(environment: Document) -> GenerationParameters:
    given = environment.get("HYPER_PARAMS", "{}")
    try:
        return msgspec.convert(ast.literal_eval(given), GenerationParameters, strict=False)
    except (ValueError, SyntaxError, msgspec.ValidationError) as error:
        message = f"AlgorithmError: HYPER_PARAMS is not valid ({' '.join(str(error).split())})"
        raise _JobError(message) from None


def _payloads(lines: Iterator[bytes], most: int, name: str) -> Iterator[list[bytes]]:
    """Group whole lines into payloads."""
    held: list[bytes] = []
    size = 0
    for line in lines:
        if not line.strip():
            continue
        if len(line) > most:
            raise _JobError(f"ClientError: {name}: a record is larger than MaxPayloadInMB")
        if held and (size + len(line) > most or len(held) == MOST_LINES):
            yield held
            held, size = [], 0
        held.append(line)
        size += len(line)
    if held:
        yield held


def _drafted(
    model: Model, parameters: GenerationParameters, payload: Sequence[bytes], name: str
) -> Iterator[bytes]:
    try:
        rows: list[dict[str, Any]] = [json.loads(line) for line in payload]
        texts = [str(row["text_inputs"]) for row in rows]
    except (ValueError, KeyError, TypeError):
        raise _JobError(f"AlgorithmError: {name}: a line has no text_inputs") from None
    generated = model.generate(texts, parameters)
    for row, some in zip(rows, generated, strict=True):
        line = {"id": row.get("id"), "generated_texts": list(some)}
        yield f"{line}\n".encode()
