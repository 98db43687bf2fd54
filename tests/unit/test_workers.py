"""Tests that share something expensive must run in one worker, or each worker makes it anew."""

from __future__ import annotations

import os

import pytest


@pytest.mark.skipif("PYTEST_XDIST_WORKER" not in os.environ, reason="there is only one process")
@pytest.mark.xdist_group("a group")
def test_a_group_reaches_the_scheduler(request: pytest.FixtureRequest) -> None:
    # pytest-xdist 3.8 adds it to the id, which pytest 9.2 does not let it do any more.
    assert request.node.nodeid.endswith("@a group")
