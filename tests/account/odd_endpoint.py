"""A runtime of SageMaker that gives wrong answers: with another body, too late, or cut."""

from __future__ import annotations

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.config import Config

from chalicelib import aws
from tests.account.account import Account

READ_TIMEOUT_S = 0.3

Body = Callable[[list[str]], bytes]


def good(texts: list[str]) -> bytes:
    """A right answer, in which every text names the end of its own prompt."""
    return json.dumps({"generated_texts": [f"Draft of {text[-2:]}" for text in texts]}).encode()


class OddEndpoint(ThreadingHTTPServer):
    """A runtime that misbehaves as it is told; `slow` and `cut` may be set for one request each."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.body: Body = good
        self.transport = "whole"
        self.calls = 0
        self.closing = threading.Event()


class _Handler(BaseHTTPRequestHandler):
    server: OddEndpoint

    def do_POST(self) -> None:
        request = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        texts = request["text_inputs"] if "text_inputs" in request else [request["inputs"]]
        endpoint = self.server
        endpoint.calls += 1
        body = endpoint.body(texts)
        self.close_connection = True
        if endpoint.transport == "no answer":
            return
        if endpoint.transport == "slow":
            endpoint.closing.wait()
            return
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if endpoint.transport == "cut":
            self.wfile.write(body[: len(body) // 2])
        elif endpoint.transport == "slow body":
            self.wfile.write(body[: len(body) // 2])
            self.wfile.flush()
            endpoint.closing.wait()
        else:
            self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        pass


@contextlib.contextmanager
def odd_endpoint(account: Account, monkeypatch: pytest.MonkeyPatch) -> Iterator[OddEndpoint]:
    """Serve one as the account's runtime; a call waits for READ_TIMEOUT_S only."""
    patient = Config(read_timeout=READ_TIMEOUT_S, retries={"total_max_attempts": 1})
    monkeypatch.setattr(aws, "_RUNTIME", patient)
    with OddEndpoint() as server:
        url = f"http://127.0.0.1:{server.server_address[1]}"
        account.configure({"AWS_ENDPOINT_URL_SAGEMAKER_RUNTIME": url})
        account.renew_client("sagemaker_runtime")
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield server
        finally:
            server.closing.set()
            server.shutdown()
            thread.join()
