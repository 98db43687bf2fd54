"""Benchmarks the system against its underlying components; results go to build/bench.json."""

import common  # noqa: F401  # puts chalicelib on sys.path
