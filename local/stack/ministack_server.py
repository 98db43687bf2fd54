"""Starts MiniStack, with what its S3 lacks: a range of an object's version.

MiniStack answers such a request with the whole version. The function reads each chunk of a large
file by its range, so a file of n chunks would be sent n times.

This runs in MiniStack's own environment and imports nothing of the project.
"""

from __future__ import annotations

import runpy
from http import HTTPStatus
from typing import Any

from ministack.services import s3  # type: ignore[import-not-found]  # only in its own environment

Answer = tuple[int, dict[str, str], bytes]

_whole = s3._get_object  # noqa: SLF001  # MiniStack is pinned; a test notices if this changes


def get_object(
    bucket: str, key: str, headers: dict[str, str], query: dict[str, Any] | None = None
) -> Answer:
    """What MiniStack answers, reduced to the range that was asked for."""
    status, fields, body = _whole(bucket, key, headers, query)
    asked = headers.get("range")
    if status != HTTPStatus.OK or not asked:
        return status, fields, body
    found = s3._parse_range(asked, len(body))  # noqa: SLF001  # see above
    if found is None:
        problem = s3._xml_body(s3._range_error_xml(bucket, key))  # noqa: SLF001  # see above
        fields = {"Content-Type": "application/xml", "Content-Range": f"bytes */{len(body)}"}
        return HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE, fields, problem
    first, last = found
    # Checksums are of the whole object: the SDK would compare them with the part.
    kept = {name: value for name, value in fields.items() if "checksum" not in name.lower()}
    part = body[first : last + 1]
    kept["Content-Length"] = str(len(part))
    kept["Content-Range"] = f"bytes {first}-{last}/{len(body)}"
    return HTTPStatus.PARTIAL_CONTENT, kept, part


if __name__ == "__main__":
    s3._get_object = get_object  # noqa: SLF001  # see above
    runpy.run_module("ministack.app", run_name="__main__", alter_sys=True)
