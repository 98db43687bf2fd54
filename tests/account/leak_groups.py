"""The groups of faults of the leak matrix: the function, its lane, and each kind of fault in it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from functools import partial
from typing import Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders

from tests.account import leak_faults as faults
from tests.account.account import _Raw
from tests.account.leak_account import Fault, Run, UncaughtError
from tests.account.leaks import key, record
from tests.account.settings import SETTINGS
from tests.account.texts import json_lines
from tests.nights import refusal

LANES = ("incoming", "evaluation", "chunks")
NIGHT, OPERATE = "nightly", "operate"
GROUPS = (*LANES, NIGHT, OPERATE)
# The calls of an undisturbed run; `test_31_matrix.py` compares them with what a run makes.
_FILE = ("dynamodb.PutItem", "s3.GetObject", "s3.PutObject")
_MODEL = "sagemaker-runtime.InvokeEndpoint"
CALLS: dict[str, tuple[str, ...]] = {
    "incoming": (*_FILE, _MODEL),
    "evaluation": (*_FILE, _MODEL),
    "chunks": (
        *_FILE,
        _MODEL,
        "dynamodb.GetItem",
        "dynamodb.UpdateItem",
        "s3.DeleteObject",
        "sqs.SendMessageBatch",
    ),
    NIGHT: (
        *_FILE,
        "dynamodb.GetItem",
        "s3.HeadObject",
        "s3.ListObjectsV2",
        "sqs.SendMessageBatch",
    ),
}


def faults_of(group: str) -> dict[str, Fault]:
    """The faults of a group by name."""
    if group == NIGHT:
        return _of_nights()
    if group == OPERATE:
        return _of_operators()
    return _of_lanes(group)


def with_calls(run: Run, call: str, kind: faults.Kind, then: Fault) -> None:
    """Let every call of an operation fail while something is done."""
    run.fail_calls(call, kind)
    with contextlib.suppress(faults.Killed):
        then(run)


def _each_kind(calls: tuple[str, ...], then: Fault, before: str = "") -> dict[str, Fault]:
    return {
        f"{before}{call}: {name}": partial(with_calls, call=call, kind=kind, then=then)
        for call in calls
        for name, kind in faults.KINDS.items()
    }


def _of_lanes(group: str) -> dict[str, Fault]:
    upload = partial(_upload, lane=group)
    # The calls of the evaluation lane are those of the incoming lane, but for the second model's.
    calls = (_MODEL,) if group == "evaluation" else CALLS[group]
    found: dict[str, Fault] = {"none": upload, **_each_kind(calls, upload)}
    if group == "chunks":
        return found
    found |= _each_kind(("sqs.ChangeMessageVisibility",), partial(_message, body="{}"))
    for name, data in faults.FILES.items():
        found[f"file: {name}"] = partial(_upload, lane=group, data=data)
    for name, text in faults.ANSWERS.items():
        answer = partial(with_calls, call=_MODEL, kind=_says(text), then=upload)
        found[f"answer: {name}"] = answer
    for function in faults.CODE:
        found[f"code: {function}"] = partial(_with_code, function=function, lane=group)
    for name, body in faults.MESSAGES.items():
        found[f"message: {name}"] = partial(_message, body=body)
    found["object gone"] = partial(_gone, lane=group)
    return found


def _upload(run: Run, lane: str, data: bytes | None = None) -> None:
    if lane == "chunks":
        run.account.configure({"CHUNK_RECORDS": "1"})
    if lane == "evaluation":
        run.account.add_pre_trained()
        run.account.runtime.pre_trained.write = run.account.model.write
    if data is not None:
        run.happened.append("file")
    place = key("incoming" if lane == "chunks" else lane)
    run.account.drop(place, data or json_lines(record(), record(report_id="2")))
    run.work()


def _says(body: bytes) -> faults.Kind:
    def answer(request: Any, _event: str) -> AWSResponse:
        headers = HTTPHeaders.from_dict({"Content-Type": "application/json"})
        return AWSResponse(request.url, 200, headers, _Raw(body))

    return answer


def _with_code(run: Run, function: str, lane: str) -> None:
    faults.fail_in(run.patch, function, run.happened)
    _upload(run, lane)


def _message(run: Run, body: str) -> None:
    run.happened.append("message")
    run.account.deliver(body)
    run.work()


def _gone(run: Run, lane: str) -> None:
    landed = run.account.put(key(lane), json_lines(record()))
    run.account.s3.delete_object(
        Bucket=SETTINGS["LANDING_BUCKET"], Key=landed.key, VersionId=landed.version_id
    )
    run.happened.append("gone")
    run.account.deliver(landed.notification())
    run.work()


# What a transform job's output lines become.
OUTPUTS: dict[str, Callable[[list[str]], list[str]]] = {
    "broken lines": lambda lines: [line[:-9] for line in lines] + [faults.EVERYTHING],
    "no lines": lambda _lines: [],
    "errors": lambda lines: [line.replace("generated_texts", "error") for line in lines],
    "other types": lambda lines: [line.replace("'id': '", "'id': ['") for line in lines],
}
JOBS = ("create_transform_job", "describe_endpoint", "describe_transform_job")


def _of_nights() -> dict[str, Fault]:
    found: dict[str, Fault] = {"none": _night, **_each_kind(CALLS[NIGHT], _night)}
    for operation in JOBS:
        found[f"sagemaker.{operation}"] = partial(_refused_job, operation=operation)
    for name, change in OUTPUTS.items():
        found[f"output: {name}"] = partial(_night, change=change)
    for name, data in faults.FILES.items():
        found[f"file: {name}"] = partial(_night, data=data)
    found["job failed"] = partial(_night, status="Failed")
    found["event: hop"] = partial(_event, event={"hop": faults.EVERYTHING})
    found["event: lane"] = partial(_event, event={"resume": {"lane": [faults.EVERYTHING]}})
    return found


def _night(
    run: Run,
    change: Callable[[list[str]], list[str]] | None = None,
    data: bytes | None = None,
    status: str = "Completed",
) -> None:
    if change or data or status == "Failed":
        run.happened.append("night")
    run.account.put(key("nightly"), data or json_lines(record(), record(report_id="2")))
    with contextlib.suppress(UncaughtError):
        run.account.call("nightly", {})
    for name in list(run.nights.sagemaker.jobs):
        if status == "Completed":
            run.nights.sagemaker.complete(name, change or list)
        else:
            run.nights.sagemaker.end(name, status)
            run.nights.sagemaker.jobs[name]["FailureReason"] = faults.EVERYTHING
        with contextlib.suppress(UncaughtError):
            run.nights.tell(name)
    run.work()


def _refused_job(run: Run, operation: str) -> None:
    def refuse(**request: Any) -> None:
        run.happened.append(operation)
        raise refusal("AccessDeniedException", f"{request} {faults.EVERYTHING}")

    run.patch.setattr(run.nights.sagemaker, operation, refuse)
    _night(run)


def _event(run: Run, event: dict[str, Any]) -> None:
    run.happened.append("event")
    with contextlib.suppress(UncaughtError):
        run.account.call("nightly", event)


REQUESTS: dict[str, dict[str, str]] = {
    "file": {"action": "file", "key": key("incoming")},
    "counts": {"action": "counts"},
    "redrive": {"action": "redrive"},
    "rerun": {"action": "rerun", "key": key("incoming"), "token": "t"},
    "rerun of a prefix": {"action": "rerun", "prefix": "incoming/", "token": "t"},
}
CALLS_OF: dict[str, tuple[str, ...]] = {
    "file": ("s3.HeadObject", "s3.GetObject", "dynamodb.GetItem"),
    "counts": ("s3.ListObjectsV2", "s3.HeadObject", "dynamodb.GetItem", "sqs.GetQueueAttributes"),
    "redrive": (
        "sqs.ReceiveMessage",
        "sqs.SendMessage",
        "sqs.DeleteMessage",
        "sqs.GetQueueAttributes",
    ),
    "rerun": ("s3.HeadObject", "sqs.SendMessageBatch"),
    "rerun of a prefix": ("s3.ListObjectsV2", "sqs.SendMessageBatch"),
}


def _of_operators() -> dict[str, Fault]:
    found: dict[str, Fault] = {}
    for name, request in REQUESTS.items():
        ask = partial(_request, request=request)
        found |= {f"{name}: none": ask, **_each_kind(CALLS_OF[name], ask, f"{name}: ")}
    return found


def _request(run: Run, request: dict[str, str]) -> None:
    """Ask about a file whose notification is a dead letter."""
    landed = run.account.put(key("incoming"), json_lines(record()))
    run.account.sqs.send_message(
        QueueUrl=run.account.dead_letter_url, MessageBody=landed.notification()
    )
    with contextlib.suppress(UncaughtError):
        run.account.call("operate", dict(request))
