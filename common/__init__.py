"""Shared code of the command-line packages: environments, errors, AWS access, files, progress.

This module uses only the standard library, so that any Python can import it. `common` imports none
of `analytics`, `local` and `training`, which depend on each other in one direction: training →
local → analytics → common.
"""

import sys
from pathlib import Path

# The code of the functions is not installed as a package; the tools share its keys and framing.
sys.path.append(str(Path(__file__).resolve().parent.parent / "chalice_app"))
