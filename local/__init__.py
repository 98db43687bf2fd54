"""The whole system on one machine."""

import common  # noqa: F401  # puts chalicelib on the path
