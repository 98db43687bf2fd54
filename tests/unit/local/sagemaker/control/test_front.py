"""What is not SageMaker's goes on to MiniStack as it came, and its answer comes back."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from botocore.exceptions import ClientError

from local.sagemaker.control.front import PIECE_BYTES
from tests.unit.local.sagemaker.control.harness import SEED, ControlPlaneHarness, Server

LONG = bytes(range(256)) * (PIECE_BYTES // 256) * 3


class Backend(BaseHTTPRequestHandler):
    """Tells what it was asked; `/long` answers with more than a piece."""

    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        length = int(self.headers.get("content-length", 0))
        body = self.rfile.read(length)
        asked = {
            "method": self.command,
            "target": self.path,
            "headers": {name.lower(): value for name, value in self.headers.items()},
            "body": body.decode("latin-1"),
        }
        content = LONG if self.path == "/long" else json.dumps(asked).encode()
        self.send_response(299)
        self.send_header("Content-Length", str(len(content)))
        self.send_header("x-amz-kept", "yes")
        self.send_header("Connection", "keep-alive")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_HEAD = do_POST = do_PUT = do_DELETE = do_GET  # noqa: N815  # http.server's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # http.server's name
        pass


@pytest.fixture
def backend() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Backend) as running:
        running.daemon_threads = True
        thread = threading.Thread(target=running.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        yield f"http://127.0.0.1:{running.server_port}"
        running.shutdown()
        thread.join()


@pytest.fixture
def front(harness: ControlPlaneHarness, backend: str) -> Iterator[Server]:
    harness.aws_url = backend
    with harness.server() as running:
        yield running


def ask(
    server: Server, method: str, target: str, body: bytes = b"", **headers: str
) -> tuple[http.client.HTTPResponse, bytes]:
    connection = http.client.HTTPConnection(server.url.removeprefix("http://"), timeout=20)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, target, body, named)
    response = connection.getresponse()
    content = response.read()
    connection.close()
    return response, content


@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_a_request_goes_on_byte_for_byte(front: Server, method: str) -> None:
    target = "/bucket/a%20b/../%2F//x?list-type=2&prefix=a%2Fb&empty="

    response, content = ask(front, method, target, b"\xff\x00body", x_amz_date="now", te="trailers")

    asked = json.loads(content)
    assert (asked["method"], asked["target"]) == (method, target)
    assert asked["body"] == "\xff\x00body"
    assert asked["headers"]["host"] == front.url.removeprefix("http://")
    assert asked["headers"]["x-amz-date"] == "now"
    assert "te" not in asked["headers"]
    assert (response.status, response.headers["x-amz-kept"]) == (299, "yes")
    assert response.headers.get_all("date") is not None
    assert len(response.headers.get_all("date") or []) == 1


def test_a_long_answer_comes_in_pieces_and_whole(front: Server) -> None:
    response, content = ask(front, "GET", "/long")

    assert content == LONG
    assert response.headers["content-length"] == str(len(LONG))


def test_head_tells_the_length_of_what_it_does_not_send(front: Server) -> None:
    response, content = ask(front, "HEAD", "/long")

    assert (content, response.headers["content-length"]) == (b"", str(len(LONG)))


def test_other_targets_of_json_services_go_on(front: Server) -> None:
    _, content = ask(front, "POST", "/", b"{}", x_amz_target="Logs_20140328.DescribeLogGroups")

    assert json.loads(content)["headers"]["x-amz-target"] == "Logs_20140328.DescribeLogGroups"


def test_operations_of_sagemaker_that_are_not_here_do_not_go_on(front: Server) -> None:
    runtime, client = front.client("sagemaker-runtime"), front.client()

    for call in (
        lambda: runtime.invoke_endpoint_async(EndpointName=SEED, InputLocation="s3://a/b"),
        client.list_domains,
    ):
        with pytest.raises(ClientError) as caught:
            call()
        assert caught.value.response["Error"]["Code"] == "UnknownOperationException"
        assert caught.value.response["ResponseMetadata"]["HTTPStatusCode"] == 404


def test_a_ministack_that_is_down_is_told(server: Server) -> None:
    response, content = ask(server, "GET", "/bucket")

    assert response.status == 503
    assert content == b"MiniStack does not respond at http://127.0.0.1:9"


def test_a_request_that_is_no_json_is_refused(server: Server) -> None:
    for body in (b"{", b"[]"):
        response, content = ask(
            server, "POST", "/", body, x_amz_target="SageMaker.ListTrainingJobs"
        )

        assert response.status == 400
        assert json.loads(content)["__type"] == "ValidationException"
        assert response.headers["x-amzn-RequestId"]
