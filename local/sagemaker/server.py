"""Runs the application on a loopback socket."""

from __future__ import annotations

import ipaddress
import os
import socket
from collections.abc import Callable

import uvicorn
from starlette.types import ASGIApp

from local.sagemaker.errors import HostError, PortError

# Seconds that requests in progress may take when the server is stopped.
SHUTDOWN_S = 5
# Seconds that an idle connection is kept open: longer than botocore's pool leaves one unused, so
# that a client does not send into a connection that was just closed.
KEEP_ALIVE_S = 120


class RuntimeServer(uvicorn.Server):
    """uvicorn without request logs, and with a callback when it is ready."""

    def __init__(self, app: ASGIApp, on_ready: Callable[[], None]) -> None:
        """`on_ready` is called once, in the event loop, when the server accepts requests."""
        # No access log and no start-up messages on stderr, only one line when it is ready.
        config = uvicorn.Config(
            app,
            log_config=None,
            log_level="warning",
            access_log=False,
            server_header=False,
            http="h11",
            ws="none",
            lifespan="on",
            timeout_keep_alive=KEEP_ALIVE_S,
            timeout_graceful_shutdown=SHUTDOWN_S,
        )
        super().__init__(config)
        self._on_ready = on_ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start as uvicorn does, then report that the server is ready."""
        await super().startup(sockets)
        if self.started:
            self._on_ready()


def bind_loopback(host: str, port: int) -> socket.socket:
    """Bind `port` (0: any free one) of a loopback address; raises HostError or PortError."""
    address = _loopback_address(host)
    family = socket.AF_INET6 if isinstance(address, ipaddress.IPv6Address) else socket.AF_INET
    # asyncio disables Nagle's algorithm (40 ms per response) only if the protocol is given.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    if os.name == "posix":
        # On other systems, the option would let two servers share the port.
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)

    try:
        listener.bind((str(address), port))
    except (OSError, OverflowError) as error:
        listener.close()
        reason = error.strerror if isinstance(error, OSError) else "ports are 0 to 65535"
        raise PortError(host, port, reason or "unknown reason") from None

    return listener


def _loopback_address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address:
    try:
        address = ipaddress.ip_address("127.0.0.1" if host == "localhost" else host)
    except ValueError:
        raise HostError(host) from None

    if not address.is_loopback:
        raise HostError(host)

    return address
