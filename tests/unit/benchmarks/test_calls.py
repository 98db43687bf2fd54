"""Calls and bytes are counted at botocore's events, of real requests over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from benchmarks.calls import Traffic

BODY = b"x" * 200_000


class Handler(BaseHTTPRequestHandler):
    """An S3 with one object, under every key but `missing`."""

    def _answer(self) -> None:
        self.rfile.read(int(self.headers.get("Content-Length") or 0))
        missing = self.path.endswith("/missing")
        body = b"" if self.command == "PUT" or missing else BODY
        self.send_response(404 if missing else 200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = _answer  # noqa: N815  # the base's names

    def log_message(self, *_: Any) -> None:
        pass


@pytest.fixture
def s3() -> Iterator[Any]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}).start()
        yield boto3.client(
            "s3",
            endpoint_url=f"http://127.0.0.1:{server.server_address[1]}",
            region_name="us-east-1",
            aws_access_key_id="test",
            aws_secret_access_key="test",
            config=Config(s3={"addressing_style": "path"}, retries={"total_max_attempts": 1}),
        )
        server.shutdown()


@contextmanager
def counting(client: Any) -> Iterator[Traffic]:
    traffic = Traffic()
    client.meta.events.register("before-send", traffic.request)
    client.meta.events.register("response-received", traffic.response)
    yield traffic


def test_calls_are_counted_by_operation(s3: Any) -> None:
    with counting(s3) as traffic:
        s3.put_object(Bucket="b", Key="a", Body=b"a" * 5000)
        s3.get_object(Bucket="b", Key="a")["Body"].read()
        s3.get_object(Bucket="b", Key="a")["Body"].read()

    assert traffic.calls == {"s3.PutObject": 1, "s3.GetObject": 2}
    assert 5000 < traffic.sent < 5000 + 3 * 1500
    assert 2 * len(BODY) < traffic.received < 2 * len(BODY) + 3 * 500


def test_a_body_that_is_not_read_to_its_end_counts_as_far_as_it_was_read(s3: Any) -> None:
    with counting(s3) as traffic:
        body = s3.get_object(Bucket="b", Key="a")["Body"]
        body.read(1000)
        body.close()

    assert 1000 < traffic.received < 2000


def test_an_error_is_a_call_too(s3: Any) -> None:
    with counting(s3) as traffic, pytest.raises(ClientError):
        s3.get_object(Bucket="b", Key="missing")

    assert traffic.calls == {"s3.GetObject": 1}
