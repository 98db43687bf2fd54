from __future__ import annotations

import os
import subprocess
import sys

import pytest

from common.paths import ROOT


@pytest.mark.parametrize("package", ["training", "local"])
def test_the_packages_find_chalicelib_from_a_bare_checkout(package: str) -> None:
    """pytest is told where it is; whoever types `python -m training.embedded` is not."""
    code = f"import {package}, chalicelib"
    environment = {"PATH": os.environ["PATH"]}
    subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=environment, check=True)
