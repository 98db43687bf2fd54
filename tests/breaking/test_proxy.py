"""The proxy does to a request what it is told to: a fault that is kinder would prove nothing."""

from __future__ import annotations

import http.client
import http.server
import threading
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.breaking.proxy import Fault, Proxy, proxying

SAID = b"the whole answer"


class Target(http.server.BaseHTTPRequestHandler):
    """A service that remembers what reached it."""

    got: list[tuple[str, str, bytes]]

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        self.got.append((self.command, self.path, body))
        self.send_response(200)
        self.send_header("ETag", '"e"')
        self.send_header("Content-Length", str(len(SAID)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(SAID)

    do_GET = do_HEAD = do_POST = _answer  # noqa: N815  # the base's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        pass


@pytest.fixture
def got() -> list[tuple[str, str, bytes]]:
    return []


@pytest.fixture
def proxy(got: list[tuple[str, str, bytes]]) -> Iterator[Proxy]:
    kind = type("Remembering", (Target,), {"got": got})
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            with proxying(f"http://127.0.0.1:{server.server_address[1]}") as made:
                yield made
        finally:
            server.shutdown()
            thread.join()


def ask(proxy: Proxy, method: str = "POST") -> tuple[int, bytes, dict[str, str]]:
    connection = http.client.HTTPConnection(urlsplit(proxy.url).netloc, timeout=10)
    try:
        connection.request(method, "/x?y=%20", b"body" if method == "POST" else None)
        response = connection.getresponse()
        return response.status, response.read(), dict(response.getheaders())
    finally:
        connection.close()


def test_what_is_left_alone_passes_unchanged(proxy: Proxy, got: list[object]) -> None:
    status, body, headers = ask(proxy)

    assert (status, body, headers["ETag"]) == (200, SAID, '"e"')
    assert got == [("POST", "/x?y=%20", b"body")]
    assert proxy.forwarded == 1


def test_the_answer_to_head_has_the_length_of_the_body(proxy: Proxy) -> None:
    status, body, headers = ask(proxy, "HEAD")

    assert (status, body, headers["Content-Length"]) == (200, b"", str(len(SAID)))


def test_a_refused_request_does_not_arrive(proxy: Proxy, got: list[object]) -> None:
    proxy.choose = lambda *_: Fault("refuse", 429, b"no")

    assert ask(proxy)[:2] == (429, b"no")
    assert got == []


def test_a_lost_answer_is_of_a_request_that_arrived(proxy: Proxy, got: list[object]) -> None:
    proxy.choose = lambda *_: Fault("lose")

    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy)
    assert len(got) == 1


def test_a_cut_answer_ends_early(proxy: Proxy) -> None:
    proxy.choose = lambda *_: Fault("cut")

    with pytest.raises(http.client.IncompleteRead):
        ask(proxy)


def test_a_slow_answer_takes_its_time(proxy: Proxy) -> None:
    proxy.choose = lambda *_: Fault("slow", delay_s=0.3)
    began = time.monotonic()

    assert ask(proxy)[0] == 200
    assert time.monotonic() - began >= 0.3


def test_a_held_request_never_arrives(proxy: Proxy, got: list[object]) -> None:
    proxy.choose = lambda *_: Fault("hold")
    ended: list[BaseException] = []

    def wait() -> None:
        try:
            ask(proxy)
        except http.client.RemoteDisconnected as error:
            ended.append(error)

    thread = threading.Thread(target=wait)
    thread.start()
    proxy.wait_for_held(1, 10)
    assert not ended

    proxy.release()
    thread.join(10)

    assert len(ended) == 1
    assert got == []
    assert ask(proxy)[0] == 200


def test_waiting_for_what_is_not_held_ends(proxy: Proxy) -> None:
    with pytest.raises(TimeoutError, match="0 requests are held"):
        proxy.wait_for_held(1, 0.1)


def test_a_target_that_is_away_is_away_for_the_client(proxy: Proxy) -> None:
    with http.server.HTTPServer(("127.0.0.1", 0), Target) as server:
        proxy.target = f"http://127.0.0.1:{server.server_address[1]}"

    with pytest.raises(http.client.RemoteDisconnected):
        ask(proxy)
