"""What is fuzzed: each target takes any bytes and raises only if the code under test is wrong.

A target may see a rejection from `chalicelib.errors`; every other exception is a finding, and so is
a violated property (an AssertionError). `test_corpus.py` replays the kept inputs without a fuzzer.
"""

from __future__ import annotations

import json
import re
from codecs import BOM_UTF8
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from itertools import pairwise
from types import ModuleType
from typing import Any, cast

import msgspec

from chalicelib import operations
from chalicelib.drafting import batch_drafts, codecs
from chalicelib.errors import (
    EndpointAnswerError,
    FileRejectedError,
    MessageError,
    RecordRejectedError,
    RequestError,
    SettingsError,
    TransformError,
)
from chalicelib.handlers import nightly
from chalicelib.intake import reading
from chalicelib.intake.decoding import TextStream
from chalicelib.intake.fhir import bundles, detection
from chalicelib.intake.fhir import reading as reading_fhir
from chalicelib.intake.frames import Form, Frame
from chalicelib.intake.hl7 import framing as hl7_frames
from chalicelib.intake.hl7.messages import message_of as message_of_hl7
from chalicelib.intake.hl7.observations import read_observations
from chalicelib.intake.hl7.reading import read as hl7_read
from chalicelib.intake.json_text import framing
from chalicelib.intake.json_text.reading import read_record
from chalicelib.intake.record import Record
from chalicelib.objects import LANES, MAX_KEY_BYTES, ObjectRef, lake_key, part_key, result_key
from chalicelib.output.answers import fhir as fhir_answer
from chalicelib.output.answers.hl7 import answer as hl7_answer
from chalicelib.queue import wire
from chalicelib.queue.messages import WorkItem, message_of, read_message
from chalicelib.settings import Settings, read_settings

SENT = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
# Text of a report in the seeds: no error message may repeat it.
CANARY = "Zqxcanary"
BETWEEN = b" \t\r\n,[]"
JSON_FORMS: tuple[Form, ...] = ("object", "array", "lines", "wrapped")
LONGEST_TEXT = 1 << 16
MAX_FINDINGS = 200
# Far below the real limit, so that records over it fit into a fuzzer's inputs.
SHORT_RECORD = 96
HL7_DRAFT = "Größe \\.br\\ 3|4^5&6~7\nstable."
# Where a segment ends: at the end of a line or block, or where a file was appended without one.
HL7_LINE_END = re.compile(rb"[\r\n\x0b\x1c]|(?=(?:MSH|FHS|BHS)\|\^~\\&\|)")
OBJECT_ID = "0123456789abcdef" * 2
SETTINGS = {
    "AWS_REGION": "us-east-1",
    "RESULTS_BUCKET": "results",
    "WORK_QUEUE_URL": "queue",
    "IDEMPOTENCY_TABLE": "idempotency",
    "PROGRESS_TABLE": "progress",
    "FINE_TUNED_ENDPOINT": "endpoint",
    "FINE_TUNED_MODEL_ID": "model",
    "FINE_TUNED_MODEL_VERSION": "1",
    "LANDING_BUCKET": "landing",
    "DEAD_LETTER_QUEUE_URL": "dead",
}


def decoding(data: bytes) -> None:
    """An object's bytes are read or rejected, wherever its pieces end."""
    size, content = _piece_size(data)

    whole = _text_of([content])
    in_pieces = _text_of(_cut(content, size))

    assert whole == in_pieces
    assert whole is None or len(whole) <= LONGEST_TEXT


def framing_(data: bytes) -> None:
    """A text's frames are its records, wherever pieces end and at whichever record one begins."""
    size, text = _piece_size(data)
    try:
        form = framing.detect_form(text)
    except FileRejectedError as error:
        _says_nothing(error)
        form = None
    for one in JSON_FORMS if form is None else (form,):
        frames = _frames([text], one, SHORT_RECORD)
        assert frames == _frames(_cut(text, size), one, SHORT_RECORD)
        if isinstance(frames, list):
            _can_be_read_from_each(text, size, one, frames)
        unlimited = _frames([text], one)
        if one != "wrapped" and isinstance(unlimited, list):
            _contain_everything(text, unlimited)
        if one == "array":
            _agrees_with_json(text, unlimited)


def records(data: bytes) -> None:
    """A record's bytes are a record or rejected, and no message repeats them."""
    try:
        record = read_record(Frame(3, 0, data), OBJECT_ID, MAX_FINDINGS)
    except RecordRejectedError as error:
        _says_nothing(error)
        assert error.index == 3
        (error.report_id or "").encode()
        return
    _is_usable(record)
    assert json.loads(data, strict=False)["findings"] == record.findings


def fhir(data: bytes) -> None:
    """A FHIR object is reports and rejections, each counted; every report can be answered."""
    detection.detect(data)
    frames = list(bundles.split(data, 3, 7))
    assert [(one.index, one.offset, one.part) for one in frames] == [
        (3 + part, 7, part) for part in range(len(frames))
    ]
    assert frames
    for frame in frames:
        try:
            record = reading_fhir.read(frame, OBJECT_ID, MAX_FINDINGS)
        except RecordRejectedError as error:
            _says_nothing(error)
            assert error.index == frame.index
            continue
        _is_usable(record)
        told = fhir_answer.answer(
            frame.data or b"", record, "Draft.", model="m", version="1", flags=(), at=SENT
        )
        assert json.loads(told)["conclusion"] == "Draft."


def objects(data: bytes) -> None:
    """An object is records and rejections of single ones, or rejected as a whole."""
    size, content = _piece_size(data)
    try:
        found = reading.scan(TextStream(_cut(content, size), LONGEST_TEXT), 1 << 20)
    except FileRejectedError as error:
        _says_nothing(error)
        return
    assert found.total == len(found.head)
    for frame in found.head:
        with suppress(RecordRejectedError):
            _is_usable(read_record(frame, OBJECT_ID, MAX_FINDINGS))


def messages(data: bytes) -> None:
    """A queue message is read or refused; what is written for it stays below its prefixes."""
    try:
        works = read_message(data.decode("utf-8", "surrogateescape"), SENT)
    except MessageError as error:
        _says_nothing(error)
        return
    for work in works:
        if not isinstance(work, WorkItem):
            continue
        _keys_stay_below_their_prefixes(work.ref)
        sent = wire.encode(message_of(work)).decode()
        assert read_message(sent, work.noticed_at) == [work]
        if work.batch_folder is not None:
            with suppress(TransformError):
                batch_drafts.check_folder(work.batch_folder, work.drafts)
                for key in (batch_drafts.metadata_key(work.batch_folder), work.drafts):
                    assert key is None or key.startswith(batch_drafts.BATCHES)


def answers(data: bytes) -> None:
    """An endpoint's answer is so many usable texts, or an error that repeats none of it."""
    expected = 1 + (data[0] % 3 if data else 0)
    for codec in ("text2text-v1", "tgi-v2"):
        try:
            texts = codecs.decode_answer(codec, data[1:], expected)
        except EndpointAnswerError as error:
            _says_nothing(error)
            continue
        assert len(texts) == expected
        assert all(_is_a_draft(one.text) for one in texts)


def batches(data: bytes) -> None:
    """A transform job's output gives usable drafts; a broken line costs only its own."""
    drafts = batch_drafts.read_output(data, OBJECT_ID)

    assert all(map(_is_a_draft, drafts.values()))
    assert all(index >= 0 for index in drafts)
    good = str({"id": f"{OBJECT_ID}:7", "generated_text": "No effusion."}).encode()
    assert batch_drafts.read_output(good + b"\n" + data, OBJECT_ID) == {**drafts, 7: "No effusion."}


def requests(data: bytes) -> None:
    """An operator's request is refused, or reaches AWS with a key or prefix inside a lane."""
    try:
        event = json.loads(data)
    except (ValueError, RecursionError):
        return
    context = operations.OperatorContext(
        settings=read_settings(SETTINGS),
        s3=cast("Any", _Reached("s3")),
        sqs=cast("Any", _Reached("sqs")),
        dynamodb=cast("Any", _Reached("dynamodb")),
        seconds_left=lambda: 0.0,
    )
    with suppress(RequestError, _ReachedError):
        operations.answer(context, event)
    with suppress(RequestError):
        nightly.read_event(event)


def settings(data: bytes) -> None:
    """Environment variables are settings, or an error that names the variable."""
    lines = data.decode("utf-8", "surrogateescape").replace("\0", "").split("\n")
    given = dict(line.split("=", 1) for line in lines if "=" in line)
    try:
        found = read_settings(SETTINGS | given)
    except SettingsError as error:
        assert error.name
        return
    assert isinstance(found, Settings)
    assert found.chunk_records >= 1
    assert all(model.prompt.count("{findings}") == 1 for model in found.models)


def hl7_framing(data: bytes) -> None:
    """An HL7 text's frames hold all of its observations, wherever pieces end."""
    size, text = _piece_size(data)
    with suppress(FileRejectedError):
        hl7_frames.detect(text)
    frames = list(hl7_frames.frame([text]))
    for line in HL7_LINE_END.split(text):
        if line.startswith(b"OBX"):
            assert any(_stripped(line) in (found.data or b"") for found in frames)
    with _short_records(hl7_frames):
        frames = list(hl7_frames.frame([text]))
        assert frames == list(hl7_frames.frame(_cut(text, size)))
        for later in frames[1:]:
            first = later.index - later.part
            rest = hl7_frames.frame(_cut(text[later.offset :], size), first, later.offset)
            assert list(rest) == frames[first:]


def hl7_records(data: bytes) -> None:
    """An HL7 record is read or rejected; a draft for it can be sent back as it is."""
    for found in hl7_frames.frame([data]):
        try:
            record = hl7_read(found, OBJECT_ID, MAX_FINDINGS)
        except RecordRejectedError as error:
            _says_nothing(error)
            assert error.index == found.index
            continue
        _is_usable(record)
        written = hl7_answer(
            found.data or b"", record, HL7_DRAFT, model="m", version="1", flags=["f"], at=SENT
        )
        message = message_of_hl7(written)
        texts = read_observations(message.segments, message.separators, message.charset).sections
        assert texts == {"impression": HL7_DRAFT}


TARGETS: dict[str, Callable[[bytes], None]] = {
    "decoding": decoding,
    "framing": framing_,
    "records": records,
    "fhir": fhir,
    "objects": objects,
    "messages": messages,
    "answers": answers,
    "batches": batches,
    "requests": requests,
    "settings": settings,
    "hl7_framing": hl7_framing,
    "hl7_records": hl7_records,
}


def _stripped(line: bytes) -> bytes:
    return line.rstrip(b" \t\x1a\x00").removesuffix(b"\xef\xbb\xbf").rstrip(b" \t\x1a\x00")


def _piece_size(data: bytes) -> tuple[int, bytes]:
    """The first byte says where pieces end, the rest is content."""
    return (data[0] % 64 + 1, data[1:]) if data else (1, b"")


def _cut(content: bytes, size: int) -> list[bytes]:
    return [content[start : start + size] for start in range(0, len(content), size)]


def _text_of(pieces: list[bytes]) -> bytes | None:
    try:
        return b"".join(TextStream(pieces, LONGEST_TEXT))
    except FileRejectedError as error:
        _says_nothing(error)
        return None


def _frames(pieces: list[bytes], form: Form, longest: int | None = None) -> list[Frame] | str:
    try:
        return list(framing.frame(pieces, form, longest=longest))
    except FileRejectedError as error:
        _says_nothing(error)
        return str(error)


@contextmanager
def _short_records(module: ModuleType = framing) -> Iterator[None]:
    limits = vars(module)
    before = limits["MAX_RECORD_BYTES"]
    limits["MAX_RECORD_BYTES"] = SHORT_RECORD
    try:
        yield
    finally:
        limits["MAX_RECORD_BYTES"] = before


def _can_be_read_from_each(text: bytes, size: int, form: Form, frames: list[Frame]) -> None:
    """A reader of a chunk begins at a record's offset, and may have no more than the chunk."""
    for later in frames[1:]:
        rest = _cut(text[later.offset :], size)
        found = framing.frame(rest, form, later.index, later.offset, SHORT_RECORD)
        assert list(found) == frames[later.index :]
    for one, following in pairwise(frames[1:]):
        alone = [text[one.offset : following.offset]]
        assert next(framing.frame(alone, form, one.index, one.offset, SHORT_RECORD)) == one


def _contain_everything(text: bytes, frames: list[Frame]) -> None:
    """Nothing but separators is between records."""
    at = 0
    for found in frames:
        assert found.data is not None
        begins = text.index(found.data, max(at, found.offset))
        assert not text[at:begins].replace(BOM_UTF8, b"").strip(BETWEEN)
        at = begins + len(found.data)
    assert not text[at:].replace(BOM_UTF8, b"").strip(BETWEEN)


def _agrees_with_json(text: bytes, frames: list[Frame] | str) -> None:
    """What Python's parser reads as an array must be framed as its elements."""
    try:
        values = json.loads(text.decode())
    except (ValueError, RecursionError):
        return
    if not isinstance(values, list) or any(isinstance(value, list) for value in values):
        return  # arrays of arrays are framed as one
    assert isinstance(frames, list)
    found = [json.loads((one.data or b"").decode()) for one in frames]
    assert repr(found) == repr(values)  # NaN is not equal to itself


def _is_usable(record: Record) -> None:
    assert record.findings.strip()
    assert len(record.findings) <= MAX_FINDINGS
    assert len(record.impression or "") <= MAX_FINDINGS
    assert record.report_id.strip()
    msgspec.json.encode([[[[record]]]])


def _is_a_draft(text: str) -> bool:
    return text == text.strip() != "" and len(text) <= codecs.MAX_IMPRESSION_CHARACTERS


def _keys_stay_below_their_prefixes(ref: ObjectRef) -> None:
    for key in (result_key(ref), part_key(ref, 99_999)):
        assert key.startswith("results/")
        assert len(key.encode()) <= MAX_KEY_BYTES
    folder, _, name = lake_key("files", "2026-01-02", ref, 0).rpartition("/")
    assert folder == "lake/files/dt=2026-01-02"
    assert name.isascii()


def _says_nothing(error: Exception) -> None:
    assert CANARY not in str(error)


class _ReachedError(Exception):
    """A request was valid and reached AWS."""


class _Reached:
    """Stands where a client stands, and checks what a request would have sent."""

    def __init__(self, service: str) -> None:
        self._service = service

    def __getattr__(self, name: str) -> Callable[..., Any]:
        return self._call

    def _call(self, *_: object, **sent: object) -> Any:
        if not sent:  # a paginator is made first
            return self
        for value in sent.values():
            assert not isinstance(value, str) or value.encode() is not None  # as botocore does
        if self._service == "s3":
            key = str(sent.get("Key") or sent["Prefix"])
            assert key.partition("/")[0] in LANES
            assert "/" in key
        raise _ReachedError
