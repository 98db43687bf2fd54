"""Soak test: drives a local stack under faults and balances the books: `python -m tests.soak`.

What was uploaded must be what was answered: nothing lost, nothing doubled, no stale result
standing, no dead letter unexplained.
"""

import common  # noqa: F401  # puts chalicelib on sys.path
