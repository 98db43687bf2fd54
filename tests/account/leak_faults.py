"""The faults of the leak matrix, by kind, each saying as much of a report as it can."""

from __future__ import annotations

import html
import json
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from botocore.awsrequest import AWSResponse
from botocore.compat import HTTPHeaders
from botocore.exceptions import (
    ConnectionClosedError,
    EndpointConnectionError,
    HTTPClientError,
    ReadTimeoutError,
)
from moto.core.models import botocore_stubber

from tests.account.account import _Raw
from tests.account.faults import body_of
from tests.account.leaks import WORDS, record, report
from tests.account.texts import json_lines

if TYPE_CHECKING:
    import pytest

# What an error message may hold: everything that was ever sent.
EVERYTHING = " ".join(report(place) for place in WORDS)


class Killed(BaseException):
    """A process that is killed: nothing of the project catches it."""


def _answer(request: Any, event: str, status: int, code: str) -> AWSResponse:
    """AWS's refusal, which repeats URL and body of the request."""
    request.refused = True
    said = f"{request.url} {body_of(request).decode('utf-8', 'replace')} {EVERYTHING}"
    if ".s3." in event:
        body = f"<Error><Code>{code}</Code><Message>{html.escape(said)}</Message></Error>"
        kind = {"Content-Type": "application/xml"}
    else:
        body = json.dumps({"__type": code, "message": said, "Message": said})
        kind = {"Content-Type": "application/x-amz-json-1.0", "x-amzn-ErrorType": code}
    headers = HTTPHeaders.from_dict(kind)
    return AWSResponse(request.url, status, headers, _Raw(body.encode()))


def denied(request: Any, event: str) -> AWSResponse:
    return _answer(
        request, event, 403, "AccessDenied" if ".s3." in event else "AccessDeniedException"
    )


def broken(request: Any, event: str) -> AWSResponse:
    return _answer(request, event, 500, "InternalError")


def throttled(request: Any, event: str) -> AWSResponse:
    is_s3 = ".s3." in event
    return _answer(request, event, *((503, "SlowDown") if is_s3 else (400, "ThrottlingException")))


def garbled(request: Any, event: str) -> AWSResponse:
    """Success, with a body that the SDK cannot read or parse and shows in its error."""
    _carry_out(request, event)
    if ".s3." not in event:
        raise HTTPClientError(error=f"invalid chunk: {EVERYTHING}")
    request.refused = True
    body = f"<{EVERYTHING}".encode()
    return AWSResponse(request.url, 200, HTTPHeaders.from_dict({}), _Raw(body))


def page(request: Any, event: str) -> AWSResponse:
    """What a proxy says, in no format of AWS."""
    request.refused = True
    body = f"<html><p>{EVERYTHING} {request.url}".encode()
    return AWSResponse(request.url, 407, HTTPHeaders.from_dict({"x-said": "no"}), _Raw(body))


def unreachable(request: Any, event: str) -> AWSResponse:
    raise EndpointConnectionError(endpoint_url=f"{request.url}?{EVERYTHING}")


def timed_out(request: Any, event: str) -> AWSResponse:
    raise ReadTimeoutError(endpoint_url=f"{request.url}?{EVERYTHING}")


def lost(request: Any, event: str) -> AWSResponse:
    """Carry the request out and lose the response."""
    _carry_out(request, event)
    raise ConnectionClosedError(endpoint_url=f"{request.url}?{EVERYTHING}")


def killed(request: Any, event: str) -> AWSResponse:
    raise Killed


def _carry_out(request: Any, event: str) -> None:
    if ".sagemaker-runtime." not in event:  # that one is no double: it cannot be called from here
        botocore_stubber(event, request)
        if hasattr(request.body, "seek"):
            request.body.seek(0)


Kind = Callable[[Any, str], AWSResponse]
KINDS: dict[str, Kind] = {
    "denied": denied,
    "broken": broken,
    "throttled": throttled,
    "garbled": garbled,
    "a proxy's page": page,
    "unreachable": unreachable,
    "timed out": timed_out,
    "lost": lost,
    "killed": killed,
}

_WORD = WORDS["findings"]
RECORDS: dict[str, object] = {
    "findings null": record(findings=None),
    "findings list": record(findings=[report("findings")]),
    "findings blank": record(findings=" "),
    "findings over-long": record(findings=report("findings") * 2000),
    "impression object": record(impression={WORDS["impression"]: report("impression")}),
    "impression over-long": record(impression=report("impression") * 2000),
    "id object": record(report_id={WORDS["report_id"]: report("report_id")}),
    "id over-long": record(report_id=report("report_id") * 20),
    "metadata over-long": record(note=report("metadata") * 200),
    "array": [report(place) for place in WORDS],
    "text": EVERYTHING,
}
_OPEN = json.dumps(record())[:-1]
FILES: dict[str, bytes] = {
    "no JSON": EVERYTHING.encode(),
    "cut object": _OPEN.encode(),
    "cut array": f"[{_OPEN}}}, {_OPEN}".encode(),
    "half a surrogate pair": f'{_OPEN}, "a": "\\ud800"}}'.encode(),
    "not UTF-8": f'{_OPEN}, "a": "'.encode() + b'\xff"}',
    "key twice": f'{_OPEN}, "{_WORD}": 1, "{_WORD}": 2}}'.encode(),
    "NaN": f'{_OPEN}, "a": NaN}}'.encode(),
    "digits": f'{_OPEN}, "a": {"9" * 5000}}}'.encode(),
    "nested deep": f'{_OPEN}, "a": '.encode() + b"[" * 5000,
    "cut UTF-16": b"\xff\xfe" + _OPEN.encode("utf-16-le") + b"\x00\xd8",
    "broken gzip": b"\x1f\x8b\x08\x00" + EVERYTHING.encode(),
}
_LINE = EVERYTHING.replace("\n", " ")
_HL7 = f"MSH|^~\\&|{_LINE}|{_LINE}|||2026||ORU^R01|{_LINE}|P|2.5\rPID|1||{_LINE}||{_LINE}\r"
_OBR = f"OBR|1|{_LINE}|{_LINE}|{_LINE}\r"
_FHIR = {
    "resourceType": "DiagnosticReport",
    "id": EVERYTHING,
    "identifier": [{"value": EVERYTHING}],
    "subject": {"display": EVERYTHING},
    "status": "final",
    "code": {"text": EVERYTHING},
}
FILES |= {
    "HL7 without findings": f"{_HL7}{_OBR}OBX|1|TX|19005-8||{_LINE}||||||F\r".encode(),
    "HL7 of another type": _HL7.replace("ORU^R01", f"ADT^{_LINE}").encode(),
    "HL7 with an unknown character set": f"{_HL7[:-1]}\r{_OBR}".replace(
        "|P|2.5", f"|P|2.5||||||{_LINE}"
    ).encode(),
    "HL7 with broken base64": f"{_HL7}{_OBR}OBX|1|ED|||^TEXT^^Base64^{_LINE}||||||F\r".encode(),
    "HL7 with an unknown status": f"{_HL7}{_OBR}OBX|1|TX|||{_LINE}||||||{_LINE}\r".encode(),
    "HL7 that is cut": f"{_HL7}{_OBR}OBX|1|TX|59776-5||{_LINE}".encode(),
    "FHIR without findings": json.dumps(_FHIR | {"conclusion": EVERYTHING}).encode(),
    "FHIR with an address": json.dumps(
        _FHIR | {"presentedForm": [{"contentType": "text/plain", "url": EVERYTHING}]}
    ).encode(),
    "FHIR with broken base64": json.dumps(
        _FHIR | {"presentedForm": [{"contentType": "text/plain", "data": EVERYTHING}]}
    ).encode(),
    "FHIR of another type": json.dumps(_FHIR | {"resourceType": EVERYTHING}).encode(),
    "FHIR with an unknown status": json.dumps(_FHIR | {"status": EVERYTHING}).encode(),
    "report without impression": f"FINDINGS:\n{EVERYTHING}\n".encode(),
    "report without findings": f"IMPRESSION:\n{EVERYTHING}\n".encode(),
    "report that is unsure": f"FINDINGS AND IMPRESSION:\n{EVERYTHING}\n".encode(),
}
FILES |= {f"record: {name}": json_lines(record(), bad) for name, bad in RECORDS.items()}

ANSWERS: dict[str, bytes] = {
    "not JSON": EVERYTHING.encode(),
    "an error": json.dumps({"error": EVERYTHING}).encode(),
    "too many texts": json.dumps({"generated_texts": [EVERYTHING] * 9}).encode(),
    "too long a text": json.dumps({"generated_texts": [EVERYTHING * 99]}).encode(),
    "numbers": json.dumps({"generated_texts": [{EVERYTHING: 1}]}).encode(),
}

MESSAGES: dict[str, str] = {
    "text": EVERYTHING,
    "JSON text": json.dumps(EVERYTHING),
    "no known fields": json.dumps({EVERYTHING: EVERYTHING}),
    "records of others": json.dumps({"Records": [{"eventSource": EVERYTHING}]}),
    "no records": json.dumps({"Records": EVERYTHING}),
    "another source": json.dumps({"detail-type": EVERYTHING, "source": EVERYTHING}),
    "a key of another type": json.dumps({"bucket": EVERYTHING, "key": [EVERYTHING], "etag": "e"}),
    "two names that differ": json.dumps(
        {"bucket": "b", "key": "k", "etag": "e", "night": EVERYTHING, "batch_folder": "n"}
    ),
}

# Functions of the code that an error nobody thought of may come from, with their arguments in it.
CODE = (
    "chalicelib.handlers.summarize.read_message",
    "chalicelib.intake.forms.read_record",
    "chalicelib.intake.forms.frame",
    "chalicelib.drafting.codecs.encode_request",
    "chalicelib.drafting.codecs.decode_answer",
    "chalicelib.output.scoring.score",
    "chalicelib.output.store.write_tables",
    "chalicelib.output.results.write_result",
)


def fail_in(patch: pytest.MonkeyPatch, function: str, happened: list[str]) -> None:
    """Let a function of the code raise an error that holds its arguments."""

    def fail(*arguments: object, **named: object) -> None:
        happened.append(function)
        raise LookupError(*arguments, named, EVERYTHING)

    patch.setattr(function, fail)
