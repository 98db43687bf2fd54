"""An HTTP proxy on loopback that spoils chosen requests between a function and a service."""

from __future__ import annotations

import contextlib
import http.client
import http.server
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal
from urllib.parse import urlsplit

# Longer than any service takes: its client gives up first.
PATIENCE_S = 120.0
# Headers of one connection, not of the message.
_OF_CONNECTION = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length"})


@dataclass(frozen=True, slots=True)
class Fault:
    """What happens to one request.

    `refuse`: answered with `status` and `body`, and not forwarded. `hold`: neither forwarded nor
    answered, until `Proxy.release`, when its connection is closed. `lose`: forwarded, and its
    response is lost. `cut`: only half of its response arrives. `delay_s`: waited for before any of
    these; a fault of the kind `slow` does nothing else.
    """

    kind: Literal["refuse", "hold", "lose", "cut", "slow"]
    status: int = 503
    body: bytes = b'{"message": "Service Unavailable"}'
    delay_s: float = 0.0


# Method, path and body of a request; None leaves it alone.
Choose = Callable[[str, str, bytes], Fault | None]


@dataclass
class Proxy:
    """A running proxy; `target` is the URL of the service, and may change while it runs."""

    target: str
    choose: Choose = lambda *_: None
    url: str = ""
    forwarded: int = 0
    held: int = 0
    _released: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def release(self) -> None:
        """Close the connections of held requests and, from now on, hold none."""
        self.choose = lambda *_: None
        self._released.set()
        self._released = threading.Event()
        with self._lock:
            self.held = 0

    def wait_for_held(self, count: int, timeout_s: float) -> None:
        """Wait until so many requests are held."""
        deadline = time.monotonic() + timeout_s
        while self.held < count:
            if time.monotonic() > deadline:
                problem = f"{self.held} requests are held after {timeout_s:.0f} s, not {count}"
                raise TimeoutError(problem)
            time.sleep(0.01)

    def hold(self) -> None:
        """Keep the caller waiting until `release`."""
        released = self._released
        with self._lock:
            self.held += 1
        released.wait(PATIENCE_S)

    def forward(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        """Send a request to the target; returns the status, headers and body of its response."""
        with self._lock:
            self.forwarded += 1
        place = urlsplit(self.target)
        connection = http.client.HTTPConnection(place.hostname or "", place.port, PATIENCE_S)
        with contextlib.closing(connection):
            sent = {name: value for name, value in headers.items() if name.lower() != "expect"}
            connection.request(method, path, body or None, sent)
            response = connection.getresponse()
            return response.status, response.getheaders(), response.read()


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    proxy: Proxy

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: clients that are killed leave broken connections."""


class _Handler(http.server.BaseHTTPRequestHandler):
    """One connection of a client."""

    protocol_version = "HTTP/1.1"
    server: _Server

    def _handle(self) -> None:
        proxy = self.server.proxy
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        fault = proxy.choose(self.command, self.path, body) or Fault("slow")
        time.sleep(fault.delay_s)
        if fault.kind == "refuse":
            self._answer(fault.status, [("Content-Type", "application/json")], fault.body)
            return
        if fault.kind == "hold":
            proxy.hold()
            self.close_connection = True
            return
        try:
            found = proxy.forward(self.command, self.path, dict(self.headers), body)
        except (OSError, http.client.HTTPException):
            self.close_connection = True  # the target is away: the client sees the same
            return
        if fault.kind == "lose":
            self.close_connection = True
            return
        self._answer(*found, cut=fault.kind == "cut")

    def _answer(
        self, status: int, headers: list[tuple[str, str]], body: bytes, *, cut: bool = False
    ) -> None:
        self.send_response_only(status)
        length = str(len(body))
        for name, value in headers:
            if name.lower() == "content-length" and self.command == "HEAD":
                length = value  # of the body that a GET would have
            elif name.lower() not in _OF_CONNECTION:
                self.send_header(name, value)
        self.send_header("Content-Length", length)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body[: len(body) // 2] if cut else body)
        self.close_connection = self.close_connection or cut

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _handle  # noqa: N815  # the base's names

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base's name
        """Say nothing."""


@contextlib.contextmanager
def proxying(target: str) -> Iterator[Proxy]:
    """Run a proxy on a free port of the loopback."""
    proxy = Proxy(target)
    server = _Server(("127.0.0.1", 0), _Handler)
    server.proxy = proxy
    proxy.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield proxy
    finally:
        proxy.release()
        server.shutdown()
        server.server_close()
        thread.join()
