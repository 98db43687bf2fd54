"""The ledger: compares what was uploaded with what came of it. No I/O."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

from tests.soak.books import Books, Result, Row, Upload

Kind = Literal["lost", "doubled", "stale", "unexplained"]
KINDS: tuple[Kind, ...] = ("lost", "doubled", "stale", "unexplained")
METRICS = 4
MODELS = frozenset({"fine-tuned", "pre-trained"})
# A record may fail by this although it is good: its model was away at three deliveries.
MODEL_DOWN = "ModelDown"


class Problem(NamedTuple):
    """One discrepancy: what kind it is, and where."""

    kind: Kind
    text: str


@dataclass(frozen=True, slots=True)
class Ledger:
    """The balance; `problems` is empty if it balances."""

    problems: tuple[Problem, ...]
    uploads: int
    acknowledged: int
    superseded: int
    superseded_with_rows: int
    results: Mapping[str, int]
    drafts: int
    failures: int
    models_down: int
    dead_letters: int
    explained: int

    @property
    def is_balanced(self) -> bool:
        """Whether every upload is answered or superseded, and nothing is wrong."""
        return not self.problems and self.uploads == sum(self.results.values()) + self.superseded

    def count(self, kind: Kind) -> int:
        """The number of problems of a kind."""
        return sum(problem.kind == kind for problem in self.problems)

    def lines(self) -> Iterator[str]:
        """The ledger as text."""
        answered = sum(self.results.values())
        states = ", ".join(f"{count} {name}" for name, count in sorted(self.results.items()))
        yield f"uploads      {self.uploads} versions, {self.acknowledged} acknowledged"
        yield f"  = results  {answered} ({states})"
        yield f"  + superseded {self.superseded}, of which {self.superseded_with_rows} have rows"
        yield (
            f"records      {self.drafts} drafts, {self.failures} failures, "
            f"{self.models_down} of them because a model was away"
        )
        yield f"dead letters {self.dead_letters}, {self.explained} of them sent by the soak"
        yield ", ".join(f"{kind} {self.count(kind)}" for kind in KINDS)


def balance(books: Books) -> Ledger:
    """Balance the books."""
    newest = {one.key: one for one in books.uploads if one.is_newest}
    results = {one.key: one for one in books.results}
    runs = _runs(books.rows)
    old = [one for one in books.uploads if not one.is_newest]
    standing = [results[key] for key in newest if key in results]
    entries = [entry for result in standing for entry in result.entries]
    explained = sum(body in books.poison for body in books.dead_letters)
    with_rows = {(row.key, row.version_id) for row in books.rows if row.version_id is not None}
    problems = [
        *_unconfirmed(books),
        *_answers(newest, results),
        *_repeats(books.rows),
        *_strangers(books.uploads, runs),
        *_runs_of_results(newest, results, runs),
    ]
    problems += [
        Problem("unexplained", f"dead letter {body[:200]}")
        for body in books.dead_letters
        if body not in books.poison
    ]
    return Ledger(
        problems=tuple(problems),
        uploads=len(books.uploads),
        acknowledged=len(books.acknowledged),
        superseded=len(old),
        superseded_with_rows=sum((one.key, one.version_id) in with_rows for one in old),
        results=Counter(result.status for result in standing),
        drafts=sum(not entry.error for entry in entries),
        failures=sum(bool(entry.error) for entry in entries),
        models_down=sum(entry.error == MODEL_DOWN for entry in entries),
        dead_letters=len(books.dead_letters),
        explained=explained,
    )


def _unconfirmed(books: Books) -> Iterator[Problem]:
    """Uploads that S3 confirmed and does not have."""
    existing = {(one.key, one.version_id) for one in books.uploads}
    for key, version_id in books.acknowledged:
        if (key, version_id) not in existing:
            yield Problem("lost", f"{key} {version_id}: the upload was confirmed and is gone")


def _answers(newest: Mapping[str, Upload], results: Mapping[str, Result]) -> Iterator[Problem]:
    """Whether each newest upload has its own result, with every record in it once."""
    for key, upload in newest.items():
        result = results.get(key)
        if result is None:
            yield Problem("lost", f"{key}: no result")
        elif result.etag != upload.etag or result.version_id not in (None, upload.version_id):
            yield Problem("stale", f"{key}: the result of another version stands")
        else:
            yield from _entries(upload, result)
    for key in results.keys() - newest.keys():
        yield Problem("stale", f"{key}: a result without an upload")


def _entries(upload: Upload, result: Result) -> Iterator[Problem]:
    expected, key = upload.expected, upload.key
    good = set(expected.good)
    found: Counter[str] = Counter()
    bad = 0
    for entry in result.entries:
        if entry.report_id in good and entry.error in ("", MODEL_DOWN):
            found[entry.report_id or ""] += 1
        elif entry.error and entry.report_id not in good:
            bad += 1
        elif entry.error:
            yield Problem("lost", f"{key} {entry.report_id}: failed as {entry.error}")
        else:
            yield Problem("stale", f"{key} {entry.report_id}: a draft of another content")
    for report_id in expected.good:
        yield from _compared(f"{key} {report_id}: drafts", found[report_id], len(upload.models))
    yield from _compared(f"{key}: failed records", bad, 1 if expected.is_rejected else expected.bad)


def _compared(what: str, found: int, wanted: int) -> Iterator[Problem]:
    if found != wanted:
        kind: Kind = "lost" if found < wanted else "doubled"
        yield Problem(kind, f"{what}: {found} instead of {wanted}")


def _repeats(rows: Sequence[Row]) -> Iterator[Problem]:
    """Rows that are there twice, and records that both failed and were drafted."""
    counted = Counter((row.table, row.run_id, row.index, row.role, row.metric) for row in rows)
    for identity, count in counted.items():
        if count > 1:
            yield Problem("doubled", f"{identity}: {count} rows")
    drafted = {(row.run_id, row.index, row.role) for row in rows if row.table == "impressions"}
    records = {(run_id, index) for run_id, index, _ in drafted}
    for row in rows:
        if row.table == "failures" and (
            (row.run_id, row.index, row.role) in drafted
            or (row.role is None and (row.run_id, row.index) in records)
        ):
            yield Problem("doubled", f"{row.run_id} {row.index}: both failed and drafted")


def _runs(rows: Sequence[Row]) -> dict[str, list[Row]]:
    runs: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        runs[row.run_id].append(row)
    return runs


def _contents(run: Sequence[Row]) -> set[tuple[str, str]]:
    """The keys and ETags that the rows of a run name; scores name no ETag."""
    return {(row.key, row.etag) for row in run if row.etag is not None}


def _strangers(uploads: Sequence[Upload], runs: Mapping[str, Sequence[Row]]) -> Iterator[Problem]:
    """Runs that are of no upload, and uploads that were processed under two ids."""
    uploaded = Counter((one.key, one.etag) for one in uploads)
    processed: Counter[tuple[str, str]] = Counter()
    ids: dict[tuple[str, str], set[str]] = defaultdict(set)
    for run_id, run in runs.items():
        contents = _contents(run)
        if len(contents) != 1 or not contents <= uploaded.keys():
            yield Problem("stale", f"{run_id}: rows of {sorted(contents)}, which is no one upload")
            continue
        processed.update(contents)
        for row in run:
            if row.version_id is not None:
                ids[row.key, row.version_id].add(run_id)
    for content, count in processed.items():
        if count > uploaded[content]:
            yield Problem("doubled", f"{content}: {count} runs of {uploaded[content]} uploads")
    for version, of in ids.items():
        if len(of) > 1:
            yield Problem("doubled", f"{version}: processed as {sorted(of)}")


def _runs_of_results(
    newest: Mapping[str, Upload],
    results: Mapping[str, Result],
    runs: Mapping[str, Sequence[Row]],
) -> Iterator[Problem]:
    """Whether the lake says of each result that stands what the result says."""
    of: dict[tuple[str, str], list[Sequence[Row]]] = defaultdict(list)
    for run in runs.values():
        for content in _contents(run):
            of[content].append(run)
    for key, upload in newest.items():
        result = results.get(key)
        if result is None or result.etag != upload.etag:
            continue
        found = of[key, upload.etag]
        own = [run for run in found if any(row.version_id == upload.version_id for row in run)]
        if not own:
            yield Problem("lost", f"{key}: a result and no rows")
        else:
            yield from _rows_of(upload, result, own[0])


def _rows_of(upload: Upload, result: Result, run: Sequence[Row]) -> Iterator[Problem]:
    tables: dict[str, list[Row]] = defaultdict(list)
    for row in run:
        tables[row.table].append(row)
    key = upload.key
    yield from _compared(f"{key}: rows of the file", len(tables["files"]), 1)
    drafted = Counter(entry.report_id for entry in result.entries if not entry.error)
    rows = [row for row in tables["impressions"] if row.role in MODELS]
    in_lake = Counter(row.report_id for row in rows)
    for report_id in drafted.keys() | in_lake.keys():
        what = f"{key} {report_id}: rows with drafts"
        yield from _compared(what, in_lake[report_id], drafted[report_id])
    failed = sum(bool(entry.error) for entry in result.entries)
    yield from _compared(f"{key}: rows with failures", len(tables["failures"]), failed)
    scored = Counter((row.index, row.role) for row in tables["rouge_scores"])
    wanted = {(row.index, row.role) for row in tables["impressions"] if row.has_reference}
    for identity in scored.keys() | wanted:
        count = METRICS if identity in wanted else 0
        yield from _compared(f"{key} {identity}: scores", scored[identity], count)
