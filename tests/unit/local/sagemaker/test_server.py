from __future__ import annotations

import socket

import pytest

from local.sagemaker.errors import HostError, PortError
from local.sagemaker.server import bind_loopback


@pytest.mark.parametrize(
    "host",
    ["0.0.0.0", "::", "192.168.1.10", "example.org", ""],  # noqa: S104  # to be refused
)
def test_only_loopback_is_bound(host: str) -> None:
    with pytest.raises(HostError, match=r"127\.0\.0\.1"):
        bind_loopback(host, 0)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_a_free_port_of_loopback(host: str) -> None:
    with bind_loopback(host, 0) as listener:
        address, port = listener.getsockname()

        assert listener.proto == socket.IPPROTO_TCP
    assert address == "127.0.0.1"
    assert port > 0


def test_a_port_that_is_taken() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(PortError, match=rf"127\.0\.0\.1:{port}"):
            bind_loopback("127.0.0.1", port)


def test_a_port_that_does_not_exist() -> None:
    with pytest.raises(PortError, match="65535"):
        bind_loopback("127.0.0.1", 65536)
