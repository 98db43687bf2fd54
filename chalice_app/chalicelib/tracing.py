"""What may leave the process as a trace: which call was made, when, and how it ended.

The X-Ray SDK writes parameters of AWS calls (object keys) and messages of exceptions (a model's
error may echo its input) into segments. Traces are not encrypted with the stack's key, and people
who may not read reports read them. So a segment is rebuilt from an allow-list before it is sent.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from aws_xray_sdk.core import xray_recorder
from aws_xray_sdk.core.emitters.udp_emitter import (
    PROTOCOL_DELIMITER,
    PROTOCOL_HEADER,
    UDPEmitter,
)

# Names in X-Ray's segment documents (X-Ray developer guide, "Segment documents").
_PLAIN = ("name", "id", "trace_id", "parent_id", "start_time", "end_time", "in_progress", "type")
_OUTCOME = ("namespace", "error", "fault", "throttle")
_AWS = ("operation", "region", "request_id", "retries")
_RESPONSE = ("status", "content_length")
_ANNOTATIONS = ("ColdStart", "Service")
_EXCEPTION = ("id", "type", "remote")


def scrubbed(segment: Mapping[str, Any]) -> dict[str, Any]:
    """A segment document without anything that could identify a report or be part of one."""
    kept = _only(segment, _PLAIN + _OUTCOME)
    kept["aws"] = _only(segment.get("aws", {}), _AWS)
    kept["annotations"] = _only(segment.get("annotations", {}), _ANNOTATIONS)
    kept["http"] = {"response": _only(segment.get("http", {}).get("response", {}), _RESPONSE)}
    cause = segment.get("cause")
    if isinstance(cause, Mapping):  # else the id of another subsegment's exception
        found = [_only(exception, _EXCEPTION) for exception in cause.get("exceptions", ())]
        kept["cause"] = {"exceptions": found}
    kept["subsegments"] = [scrubbed(below) for below in segment.get("subsegments", ())]
    return {name: value for name, value in kept.items() if value not in ({}, [], {"response": {}})}


class ScrubbingEmitter(UDPEmitter):  # type: ignore[misc]  # the SDK has no type hints
    """Sends scrubbed segments to the X-Ray daemon."""

    def send_entity(self, entity: Any) -> None:  # noqa: ANN401  # the SDK has no type hints
        """Scrub and send a segment or subsegment with all below it."""
        document = msgspec.json.encode(scrubbed(entity.to_dict())).decode()
        self._send_data(f"{PROTOCOL_HEADER}{PROTOCOL_DELIMITER}{document}")


def install() -> None:
    """Have the recorder of this process send scrubbed segments only."""
    xray_recorder.configure(emitter=ScrubbingEmitter())


def _only(fields: Mapping[str, Any], names: tuple[str, ...]) -> dict[str, Any]:
    return {name: fields[name] for name in names if name in fields}
