"""One local stack for all integration tests: the packaged zip, deployed from the template."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from common.stack_settings import LocalStackSettings
from local.stack import lifecycle as stacks

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[stacks.Stack]:
    settings = LocalStackSettings(state_directory=tmp_path_factory.mktemp("stack"))
    yield stacks.up(settings, progress=lambda _line: None)
    stacks.down(settings, progress=lambda _line: None)
