"""Leaks on purpose, one into each sink, through the way that code would really leak."""

from __future__ import annotations

import contextlib
import tempfile
from pathlib import Path
from typing import Any

from chalicelib.errors import FileRejectedError, RequestError
from chalicelib.intake import reading
from chalicelib.nightly.run import NightlyResult
from chalicelib.observability import logger, metrics, tracer
from tests.account.leak_account import Fault, Run, UncaughtError
from tests.account.leak_faults import EVERYTHING
from tests.account.leaks import WORDS, report
from tests.account.settings import RESULTS, SETTINGS
from tests.account.texts import json_lines

# Not a group of faults.
PLANTED = "planted"
_OPEN = "chalicelib.intake.reading.open_text"
_NIGHT = "chalicelib.handlers.nightly.run.run"


def _while_reading(run: Run, leak: Any) -> None:
    """Leak inside an invocation, which then goes on."""

    def leaks(*arguments: Any) -> Any:
        leak()
        return original(*arguments)

    original = reading.open_text
    run.patch.setattr(_OPEN, leaks)
    run.account.drop("incoming/a.json", json_lines({"findings": "Clear."}))
    run.work()


def _file() -> None:
    with tempfile.NamedTemporaryFile("w", delete=False, encoding="utf-8") as file:
        file.write(EVERYTHING)


def _left() -> None:
    Path("left.txt").write_text(EVERYTHING, encoding="utf-8")


def _traced() -> None:
    for word in WORDS.values():
        with tracer.provider.in_subsegment(name=word):
            pass


def _rejected(run: Run) -> None:
    def fail(*_: Any) -> None:
        raise FileRejectedError("ObjectGone", EVERYTHING)

    run.patch.setattr(_OPEN, fail)
    run.account.drop("incoming/a.json", b"{}")
    run.work()


def _uncaught(run: Run) -> None:
    def fail(*_: Any) -> None:
        raise RequestError(EVERYTHING)

    run.patch.setattr(_NIGHT, fail)
    with contextlib.suppress(UncaughtError):
        run.account.call("nightly", {})


def _answered(run: Run) -> None:
    run.patch.setattr(_NIGHT, lambda *_: NightlyResult(night=EVERYTHING))
    run.account.call("nightly", {})


def _item(run: Run) -> None:
    run.account.dynamodb.put_item(
        TableName=SETTINGS["PROGRESS_TABLE"],
        Item={"object_id": {"S": "a"}, "said": {"S": EVERYTHING}},
    )


def _object(run: Run) -> None:
    run.account.s3.put_object(Bucket=RESULTS, Key=f"results/{EVERYTHING}", Body=b"")


def _metadata(run: Run) -> None:
    said = {name: report(name).encode().hex() for name in WORDS}
    run.account.s3.put_object(Bucket=RESULTS, Key="results/a", Body=b"", Metadata=said)


def _send(run: Run, url: str) -> None:
    run.account.sqs.send_message(QueueUrl=url, MessageBody=EVERYTHING)


# By the sink; what follows a colon is the way.
PLANTS: dict[str, Fault] = {
    "log": lambda run: _while_reading(run, lambda: logger.info(EVERYTHING)),
    "log: printed": lambda run: _while_reading(run, lambda: print(EVERYTHING)),
    "metrics": lambda run: _while_reading(
        run, lambda: metrics.add_metadata(key="said", value=EVERYTHING)
    ),
    "traces": lambda run: _while_reading(run, _traced),
    "uncaught errors": _uncaught,
    "answers": _answered,
    "dead letters": lambda run: _send(run, run.account.dead_letter_url),
    "queue": lambda run: _send(run, run.account.queue_url),
    "items": _item,
    "failure messages": _rejected,
    "object names": _object,
    "object names: metadata": _metadata,
    "files": lambda run: _while_reading(run, _file),
    "files: beside the code": lambda _run: _left(),
}
