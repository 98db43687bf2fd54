"""Selects the lake that a command reads: the given one, or the local stack's."""

from __future__ import annotations

import argparse
import socket
from collections.abc import Iterator
from contextlib import contextmanager

from analytics.errors import LakeError
from analytics.lake import PREFIX, Lake, opened
from analytics.options import LOCAL
from common.aws import Target
from common.stack_settings import ROOT_ACCESS_KEY, LocalStackSettings
from common.stack_state import read_state

CONNECT_TIMEOUT_S = 2.0


@contextmanager
def lake_of(options: argparse.Namespace) -> Iterator[Lake]:
    """The lake that the options select.

    Raises:
        LakeError: the lake does not exist, or the local stack is not running.
        AwsError: AWS rejected the request or could not be reached.
    """
    if options.lake == LOCAL:
        with local_lake(LocalStackSettings()) as found:
            yield found
        return
    target = Target(
        region=options.region, profile=options.profile, endpoint_url=options.endpoint_url
    )
    with opened(options.lake, target) as found:
        yield found


@contextmanager
def local_lake(settings: LocalStackSettings) -> Iterator[Lake]:
    """The lake of the local stack, which must be running.

    Raises:
        LakeError: the stack is not running.
    """
    state = read_state(settings.state_file)
    if (
        state.ministack is None
        or state.outputs is None
        or not _is_listening(settings.host, state.ministack.port)
    ):
        problem = "the local stack is not running: run `python -m local up`, or give a --lake"
        raise LakeError(LOCAL, problem)
    target = Target(
        backend="local",
        region=settings.region,
        endpoint_url=f"http://{settings.host}:{state.ministack.port}",
        access_key=ROOT_ACCESS_KEY,
    )
    with opened(f"s3://{state.outputs.results_bucket}/{PREFIX}", target) as found:
        yield found


def _is_listening(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=CONNECT_TIMEOUT_S):
            return True
    except OSError:
        return False
