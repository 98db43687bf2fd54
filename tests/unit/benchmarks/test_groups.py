from __future__ import annotations

import pytest

from benchmarks.groups import GROUPS, ON_REQUEST, chosen
from common.errors import UsageError


def test_all_groups_run_by_default_but_those_on_request() -> None:
    assert list(chosen([])) == list(GROUPS)
    assert not set(GROUPS) & set(ON_REQUEST)


def test_named_groups_run_in_their_own_order() -> None:
    # The large file measures the peak memory of processes, so it must come first.
    assert list(chosen(["newcomer", "files", "large"])) == ["large", "files", "newcomer"]


def test_an_unknown_group_is_refused_by_its_name() -> None:
    with pytest.raises(UsageError, match=r"'speed' is no group .* large, .*newcomer"):
        chosen(["files", "speed"])
