"""The soak's ledger: each kind of loss, doubling and staleness unbalances it, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.soak.books import Books, Entry, Expected, Result, Row, Upload
from tests.soak.ledger import Ledger, balance

KEY = "incoming/ward/a.json"
A = Expected(("a-0", "a-1"), bad=1)
B = Expected(("b-0",))


def upload(version: str, content: Expected = A, *, key: str = KEY, newest: bool = True) -> Upload:
    etag = {A: "etag-a", B: "etag-b"}.get(content, "etag-x")
    return Upload(key, version, etag, content, newest)


def rows_of(one: Upload, run_id: str) -> list[Row]:
    """All rows of a run that went well; each record has a reference."""
    file = Row("files", run_id, one.key, one.etag, one.version_id)
    rows = [file]
    for index, report_id in enumerate(one.expected.good):
        for role in one.models:
            draft = replace(file, table="impressions", index=index, role=role, report_id=report_id)
            rows.append(replace(draft, has_reference=True))
            score = replace(draft, table="rouge_scores", etag=None, version_id=None)
            rows += [replace(score, metric=metric) for metric in "1234"]
    failure = replace(file, table="failures", error="Rejected")
    after = len(one.expected.good)
    rows += [
        replace(failure, index=after + number, report_id=f"bad-{number}")
        for number in range(one.expected.bad)
    ]
    return rows


def result_of(one: Upload) -> Result:
    entries = [Entry(report_id) for report_id in one.expected.good for _ in one.models]
    entries += [Entry(f"bad-{number}", "Rejected") for number in range(one.expected.bad)]
    return Result(one.key, one.etag, "partial", tuple(entries))


def books_of(*uploads: Upload) -> Books:
    """The books of uploads that were all processed as they should be."""
    return Books(
        uploads=uploads,
        acknowledged=[(one.key, one.version_id) for one in uploads],
        results=[result_of(one) for one in uploads if one.is_newest],
        rows=[row for number, one in enumerate(uploads) for row in rows_of(one, f"run-{number}")],
    )


GOOD = books_of(upload("v1"), upload("v1", B, key="evaluation/set/b.json"))
REPLACED = books_of(upload("v1", A, newest=False), upload("v2", B, newest=False), upload("v3", A))


def kinds(ledger: Ledger) -> dict[str, int]:
    assert ledger.is_balanced is not bool(ledger.problems)
    counted = {kind: ledger.count(kind) for kind in ("lost", "doubled", "stale", "unexplained")}
    return {kind: count for kind, count in counted.items() if count}


def without(books: Books, table: str) -> Books:
    first = next(row for row in books.rows if row.table == table)
    return replace(books, rows=[row for row in books.rows if row is not first])


def test_books_in_order_balance_and_say_so() -> None:
    ledger = balance(GOOD)

    assert kinds(ledger) == {}
    assert list(ledger.lines()) == [
        "uploads      2 versions, 2 acknowledged",
        "  = results  2 (2 partial)",
        "  + superseded 0, of which 0 have rows",
        "records      4 drafts, 1 failures, 0 of them because a model was away",
        "dead letters 0, 0 of them sent by the soak",
        "lost 0, doubled 0, stale 0, unexplained 0",
    ]


def test_replaced_versions_are_superseded_with_rows_or_without() -> None:
    ledger = balance(REPLACED)
    unread = replace(REPLACED, rows=[row for row in REPLACED.rows if row.run_id != "run-1"])

    assert kinds(ledger) == kinds(balance(unread)) == {}
    assert (ledger.uploads, ledger.superseded, ledger.superseded_with_rows) == (3, 2, 2)
    assert balance(unread).superseded_with_rows == 1


def test_the_same_content_again_has_rows_of_its_own() -> None:
    once = replace(REPLACED, rows=[row for row in REPLACED.rows if row.run_id != "run-2"])

    assert kinds(balance(once)) == {"lost": 1}


@pytest.mark.parametrize("table", ["files", "impressions", "failures", "rouge_scores"])
def test_a_lost_row_unbalances(table: str) -> None:
    assert "lost" in kinds(balance(without(GOOD, table)))


def test_a_lost_file_unbalances() -> None:
    first = GOOD.uploads[0]
    nothing = replace(
        GOOD, results=GOOD.results[1:], rows=[row for row in GOOD.rows if row.run_id != "run-0"]
    )

    assert kinds(balance(nothing)) == {"lost": 1}
    assert balance(nothing).problems[0].text == f"{first.key}: no result"


def test_a_confirmed_upload_that_is_gone_unbalances() -> None:
    gone = replace(GOOD, acknowledged=[*GOOD.acknowledged, (KEY, "v2")])

    assert kinds(balance(gone)) == {"lost": 1}


@pytest.mark.parametrize("position", [0, 2])
def test_a_record_that_is_not_in_its_result_unbalances(position: int) -> None:
    entries = list(GOOD.results[0].entries)
    del entries[position]
    short = replace(GOOD.results[0], entries=tuple(entries))

    found = kinds(balance(replace(GOOD, results=[short, *GOOD.results[1:]])))

    # The lake has it still: one more there than in the result.
    assert found == {"lost": 1, "doubled": 1}


@pytest.mark.parametrize("table", ["files", "impressions", "failures", "rouge_scores"])
def test_a_doubled_row_unbalances(table: str) -> None:
    first = next(row for row in GOOD.rows if row.table == table)

    assert "doubled" in kinds(balance(replace(GOOD, rows=[*GOOD.rows, first])))


def test_a_record_that_is_doubled_in_its_result_unbalances() -> None:
    twice = replace(GOOD.results[0], entries=(*GOOD.results[0].entries, Entry("a-0")))

    assert "doubled" in kinds(balance(replace(GOOD, results=[twice, *GOOD.results[1:]])))


@pytest.mark.parametrize("role", [None, "fine-tuned"])
def test_a_record_that_failed_and_was_drafted_unbalances(role: str | None) -> None:
    both = Row("failures", "run-0", KEY, "etag-a", "v1", 0, role, "a-0", error="Rejected")

    assert "doubled" in kinds(balance(replace(GOOD, rows=[*GOOD.rows, both])))


@pytest.mark.parametrize("version", ["v1", "v2"])
def test_an_upload_that_was_processed_under_two_ids_unbalances(version: str) -> None:
    again = rows_of(upload(version), "run-9")

    assert "doubled" in kinds(balance(replace(GOOD, rows=[*GOOD.rows, *again])))


def test_the_result_of_an_older_version_unbalances() -> None:
    stale = result_of(upload("v2", B))

    assert kinds(balance(replace(REPLACED, results=[stale]))) == {"stale": 1}


def test_the_result_of_an_older_upload_of_the_same_content_unbalances_if_it_says_so() -> None:
    of_first = replace(result_of(upload("v1")), version_id="v1")
    of_third = replace(of_first, version_id="v3")

    assert kinds(balance(replace(REPLACED, results=[of_first]))) == {"stale": 1}
    assert kinds(balance(replace(REPLACED, results=[of_third]))) == {}


def test_a_result_with_the_drafts_of_another_content_unbalances() -> None:
    mixed = replace(result_of(upload("v1")), entries=result_of(upload("v2", B)).entries)

    assert kinds(balance(replace(GOOD, results=[mixed, *GOOD.results[1:]])))["stale"] == 1


def test_rows_and_results_of_no_upload_unbalance() -> None:
    stranger = upload("v1", key="incoming/ward/x.json")
    rows = [*GOOD.rows, *rows_of(stranger, "run-9")]

    assert kinds(balance(replace(GOOD, rows=rows))) == {"stale": 1}
    results = [*GOOD.results, result_of(stranger)]
    assert kinds(balance(replace(GOOD, results=results))) == {"stale": 1}


def test_only_a_model_that_was_away_excuses_a_good_record() -> None:
    for error, wanted in (("ModelDown", {}), ("Rejected", {"lost": 2})):
        entries = (Entry("a-0", error), *GOOD.results[0].entries[1:])
        result = replace(GOOD.results[0], entries=entries)
        failed = Row("failures", "run-0", KEY, "etag-a", "v1", 0, "fine-tuned", "a-0", error=error)
        rows = [row for row in GOOD.rows if (row.run_id, row.report_id) != ("run-0", "a-0")]
        found = balance(replace(GOOD, results=[result, *GOOD.results[1:]], rows=[*rows, failed]))

        assert kinds(found) == wanted
        assert found.models_down == (error == "ModelDown")


@pytest.mark.parametrize(
    ("content", "entries"),
    [(Expected(is_rejected=True), (Entry(None, "Empty"),)), (Expected(), ())],
    ids=["unreadable", "without records"],
)
def test_files_without_drafts_balance(content: Expected, entries: tuple[Entry, ...]) -> None:
    one = upload("v1", content)
    result = Result(KEY, one.etag, "failed", entries)
    rows = [Row("files", "run", KEY, one.etag, "v1")]
    failed = [Row("failures", "run", KEY, one.etag, "v1", error="Empty") for _ in entries]
    books = Books([one], [(KEY, "v1")], [result], [*rows, *failed])

    assert kinds(balance(books)) == {}
    assert "lost" in kinds(balance(replace(books, rows=failed)))


def test_only_the_soak_s_own_dead_letters_are_explained() -> None:
    books = replace(GOOD, dead_letters=["poison", "message"], poison=frozenset({"poison"}))

    ledger = balance(books)

    assert kinds(ledger) == {"unexplained": 1}
    assert (ledger.dead_letters, ledger.explained) == (2, 1)
