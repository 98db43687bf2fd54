"""Measures the system side by side with what it stands on; figures go to build/bench.json."""

import common  # noqa: F401  # puts the functions' own code on the path
