"""The groups of benchmarks, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from benchmarks.analytics import analytics
from benchmarks.article import article
from benchmarks.calls import calls
from benchmarks.checks.measure import checks
from benchmarks.cold_start import cold_start
from benchmarks.curve.measure import curve
from benchmarks.figures import Figures
from benchmarks.formats import formats
from benchmarks.latency import latency
from benchmarks.newcomer import newcomer, newcomer_test
from benchmarks.stage import Stage
from benchmarks.survey import survey
from benchmarks.throughput import files_a_second
from benchmarks.whole_file import whole_file
from common.errors import UsageError

Group = Callable[[Stage], Figures]

# The large file first: a process's peak memory covers everything that it has done.
GROUPS: dict[str, Group] = {
    "large": whole_file,
    "calls": calls,
    "cold": cold_start,
    "latency": latency,
    "files": files_a_second,
    "article": article,
    "curve": curve,
    "survey": survey,
    "formats": formats,
    "analytics": analytics,
}
# Only if they are named: they need a package registry.
ON_REQUEST: dict[str, Group] = {
    "newcomer": newcomer,
    "newcomer-test": newcomer_test,
    "checks": checks,
}


def chosen(names: Sequence[str]) -> dict[str, Group]:
    """The named groups, or all that run by default, in their order.

    Raises UsageError for a name that is none.
    """
    known = GROUPS | ON_REQUEST
    for name in names:
        if name not in known:
            message = f"{name!r} is no group of benchmarks: choose from {', '.join(known)}"
            raise UsageError(message)
    return {name: known[name] for name in known if name in names} if names else dict(GROUPS)
