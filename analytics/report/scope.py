"""Which rows of the lake the page is about: the options --since, --dataset and --model-version.

The restriction is applied once, to the views of rows: everything on the page is read through them.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from analytics.engine.athena import Athena
from chalicelib.output.baselines import CONSTANT, LEAD
from common.errors import UsageError

# The views of rows, and whether their rows name a model version.
_VIEWS = {
    "v_impressions": True,
    "v_rouge": True,
    "v_clinical": True,
    "v_checks": True,
    "v_failures": False,
    "v_files": False,
}
_MOST_NAMED = 20  # names that an error lists
_DATASETS = " UNION ".join(
    f"SELECT dataset AS name FROM {table} WHERE dataset IS NOT NULL"  # noqa: S608  # our own names
    for table in ("impressions", "rouge_scores", "failures", "files")
)
_VERSIONS = " UNION ".join(
    f"SELECT model_version AS name FROM {table} "  # noqa: S608  # our own names
    f"WHERE model_version IS NOT NULL AND model_role NOT IN ('{CONSTANT}', '{LEAD}')"
    for table in ("impressions", "rouge_scores")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """What the page is restricted to; an empty part restricts nothing.

    Attributes:
        since: the first day, of when reports were received (UTC).
        datasets: the datasets.
        versions: the model versions. Baselines belong to none and stay, as do files and failures.
    """

    since: date | None = None
    datasets: tuple[str, ...] = ()
    versions: tuple[str, ...] = ()

    def __bool__(self) -> bool:
        """Whether it restricts anything."""
        return bool(self.since or self.datasets or self.versions)

    def apply(self, athena: Athena) -> None:
        """Restrict what `athena` reads from here on.

        Raises:
            UsageError: the lake has no dataset or model version of such a name.
            AwsError: the lake does not exist or access is denied.
        """
        if self.datasets:
            _known(self.datasets, "--dataset", "dataset", _names(athena, _DATASETS))
        if self.versions:
            _known(self.versions, "--model-version", "model version", _names(athena, _VERSIONS))
        athena.restrict(self._conditions())

    def sentences(self) -> list[str]:
        """The restriction in words, for the page."""
        said = []
        if self.since:
            said.append(f"Only reports received since {self.since}.")
        if self.datasets:
            said.append(f"Only {_counted('dataset', self.datasets)}.")
        if self.versions:
            said.append(
                f"Only {_counted('model version', self.versions)}, and the baselines. Failures and "
                "files are those of all versions: a file names none."
            )
        return said

    def _conditions(self) -> dict[str, str]:
        found = {}
        for view, has_version in _VIEWS.items():
            parts = []
            if self.since:
                parts.append(f"dt >= DATE '{self.since.isoformat()}'")
            if self.datasets:
                parts.append(f"dataset IN ({_listed(self.datasets)})")
            if self.versions and has_version:
                parts.append(
                    f"(model_version IN ({_listed(self.versions)}) "
                    f"OR model_role IN ('{CONSTANT}', '{LEAD}'))"
                )
            if parts:
                found[view] = " AND ".join(parts)
        return found


def day(text: str) -> date:
    """The day of --since.

    Raises:
        UsageError: it is not a day like 2026-11-02.
    """
    try:
        found = date.fromisoformat(text)
    except ValueError:
        found = None
    # Python also reads 20261102 and 2026-W45-1.
    if found is None or found.isoformat() != text:
        raise UsageError(f"--since {text}: must be a day like 2026-11-02 (YYYY-MM-DD)")
    return found


def _names(athena: Athena, sql: str) -> list[str]:
    return sorted(str(row[0]) for row in athena.query(sql).rows)


def _known(given: Iterable[str], option: str, what: str, names: Sequence[str]) -> None:
    for name in given:
        if name not in names:
            there = ", ".join(names[:_MOST_NAMED]) or "none"
            more = f" and {len(names) - _MOST_NAMED} more" if len(names) > _MOST_NAMED else ""
            raise UsageError(f"{option} {name}: the lake has no such {what}; it has: {there}{more}")


def _listed(names: Iterable[str]) -> str:
    """Names as string literals of SQL, in which a quotation mark is doubled."""
    return ", ".join("'" + name.replace("'", "''") + "'" for name in names)


def _counted(what: str, names: Sequence[str]) -> str:
    return f"{what}{'' if len(names) == 1 else 's'} {', '.join(names)}"
