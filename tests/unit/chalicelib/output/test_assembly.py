from __future__ import annotations

import hashlib
from typing import Any

import pytest

from chalicelib.drafting.endpoint import Draft
from chalicelib.drafting.truncation import NOT_CUT, POSSIBLE, TOLD, Truncation
from chalicelib.errors import (
    EndpointRejectedError,
    FileRejectedError,
    ModelError,
    RecordRejectedError,
)
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.objects import ObjectRef
from chalicelib.output.assembly import Checked, Outcome, assemble, assemble_rejected
from chalicelib.output.document import Counts
from chalicelib.output.scoring import METRICS
from chalicelib.output.tables import CheckRow, FailureRow, ImpressionRow, RougeRow
from chalicelib.queue.messages import WorkItem
from chalicelib.settings import Model
from tests.unit.chalicelib.stores import LIVE, NOTICED, RIVAL

REF = ObjectRef("b", "evaluation/openi/a", "e", "v")
SOURCE = Source(WorkItem(REF, NOTICED), NOTICED)
PLAIN = Record(0, "r0", "Lungs clear. Heart big.")
SCORED = Record(1, "r1", "Lungs clear. Heart big.", "Cardiomegaly.", {"b": 1, "a": [2]})
DROPPED = Record(2, "r2", "Lungs clear.", flags=("metadata_dropped",))
BAD = RecordRejectedError(3, "findings", "is blank", "r3")
REFUSED = EndpointRejectedError("endpoint refused")


def of(outcome: Outcome, kind: type) -> list[Any]:
    return [row for row in outcome.rows if type(row) is kind]


def test_draft_becomes_an_entry_and_a_row_that_names_all_that_made_it() -> None:
    outcome = assemble(SOURCE, [SCORED], [(LIVE, [Draft("Big heart.", 12.5)])], None)

    (row,) = of(outcome, ImpressionRow)
    assert (row.report_id, row.run_id, row.record_index) == ("r1", REF.object_id, 1)
    assert (row.lane, row.dataset) == ("evaluation", "openi")
    assert (row.model_role, row.model_id, row.model_version) == ("fine-tuned", "small", "1")
    assert row.endpoint_name == "live-endpoint"
    assert row.prompt_sha256 == hashlib.sha256(LIVE.prompt.encode()).hexdigest()
    assert (row.findings, row.reference_impression) == (SCORED.findings, "Cardiomegaly.")
    assert (row.generated_impression, row.latency_ms) == ("Big heart.", 12.5)
    assert row.call_records == 1
    assert (row.stratum, row.flags, row.metadata) == ("abnormal", [], '{"b":1,"a":[2]}')
    assert (row.source_bucket, row.source_key) == ("b", "evaluation/openi/a")
    assert (row.source_etag, row.source_version_id) == ("e", "v")
    assert row.generated_at == "2026-01-02 03:04:05.000"
    (entry,) = outcome.entries
    assert (entry.report_id, entry.impression, entry.model) == ("r1", "Big heart.", "small@1")
    assert (entry.status, entry.error, entry.metadata) == ("ok", None, {"b": 1, "a": [2]})
    assert outcome.counts == Counts(1, 1, 0)


@pytest.mark.parametrize(
    ("truncation", "truncated"), [(NOT_CUT, False), (POSSIBLE, True), (TOLD, True)]
)
def test_a_draft_that_may_be_cut_is_marked(truncation: Truncation, truncated: bool) -> None:  # noqa: FBT001  # a case
    drafts = [Draft("Big heart", 1.0, 1, truncation)]

    outcome = assemble(SOURCE, [PLAIN], [(LIVE, drafts)], None)

    assert [row.output_truncated for row in of(outcome, ImpressionRow)] == [truncated]


def test_a_lead_baseline_that_was_cut_is_marked() -> None:
    long = Record(0, "r0", "x" * 5000, "Clear.")

    outcome = assemble(SOURCE, [long], [(LIVE, [None])], "Normal.")

    truncated = {row.model_role: row.output_truncated for row in of(outcome, ImpressionRow)}
    assert truncated == {"baseline-constant": False, "baseline-lead": True}


def test_check_rows_say_which_checks_ran() -> None:
    checked = Checked([[[]]], "draft-checks 1; checks=omitted")

    outcome = assemble(SOURCE, [PLAIN], [(LIVE, [Draft("Big heart.", 1.0)])], None, checked)

    [row] = of(outcome, CheckRow)
    assert (row.flag, row.checker) == (None, "draft-checks 1; checks=omitted")


def test_reference_is_scored_once_for_each_metric() -> None:
    outcome = assemble(SOURCE, [SCORED], [(LIVE, [Draft("Cardiomegaly", 1.0)])], None)

    rows = of(outcome, RougeRow)
    assert [row.metric for row in rows] == list(METRICS)
    assert [row.fmeasure for row in rows] == [1.0, 0.0, 1.0, 1.0]
    assert {row.stratum for row in rows} == {"abnormal"}
    assert {row.model_role for row in rows} == {"fine-tuned"}


def test_record_without_reference_has_no_scores_no_stratum_and_no_baselines() -> None:
    outcome = assemble(SOURCE, [PLAIN], [(LIVE, [Draft("Clear.", 1.0)])], "Normal.")

    (row,) = outcome.rows
    assert isinstance(row, ImpressionRow)
    assert (row.stratum, row.reference_impression, row.metadata) == (None, None, None)


def test_baselines_are_scored_like_models_in_the_evaluation_lane() -> None:
    outcome = assemble(SOURCE, [SCORED], [(LIVE, [Draft("Clear.", 1.0)])], "Normal.")

    written = {row.model_role: row for row in of(outcome, ImpressionRow)}
    assert list(written) == ["fine-tuned", "baseline-constant", "baseline-lead"]
    assert written["baseline-constant"].generated_impression == "Normal."
    assert written["baseline-lead"].generated_impression == "Lungs clear."
    assert len(of(outcome, RougeRow)) == 3 * len(METRICS)
    assert len(outcome.entries) == 1


def test_baselines_are_written_even_when_the_model_failed() -> None:
    outcome = assemble(SOURCE, [SCORED], [(LIVE, [REFUSED])], "Normal.")

    roles = {row.model_role for row in of(outcome, ImpressionRow)}
    assert roles == {"baseline-constant", "baseline-lead"}
    assert outcome.counts == Counts(1, 0, 1)


def test_rejected_record_among_good_ones_leaves_each_its_own_draft() -> None:
    drafts = [Draft("zero", 1.0), Draft("two", 1.0)]

    outcome = assemble(SOURCE, [PLAIN, BAD, DROPPED], [(LIVE, drafts)], None)

    assert [entry.impression for entry in outcome.entries] == ["zero", None, "two"]
    assert [entry.report_id for entry in outcome.entries] == ["r0", "r3", "r2"]
    (failure,) = of(outcome, FailureRow)
    assert (failure.record_index, failure.report_id, failure.stage) == (3, "r3", "decode")
    assert (failure.error_type, failure.model_role) == ("RecordRejected", None)
    assert failure.error_message == "record 3: findings: is blank"
    assert outcome.counts == Counts(3, 2, 1)


def test_dropped_metadata_is_flagged() -> None:
    outcome = assemble(SOURCE, [DROPPED], [(LIVE, [Draft("two", 1.0)])], None)

    assert outcome.entries[0].flags == ["metadata_dropped"]
    assert of(outcome, ImpressionRow)[0].flags == ["metadata_dropped"]


def test_record_that_one_of_two_models_drafted_counts_as_failed_once() -> None:
    drafts: list[tuple[Model, list[Draft | ModelError | None]]] = [
        (LIVE, [Draft("a", 1.0), Draft("b", 1.0)]),
        (RIVAL, [REFUSED, Draft("c", 1.0)]),
    ]

    outcome = assemble(SOURCE, [SCORED, DROPPED], drafts, None)

    assert outcome.counts == Counts(2, 1, 1)
    assert [(entry.model, entry.status) for entry in outcome.entries] == [
        ("small@1", "ok"),
        ("plain@0", "failed"),
        ("small@1", "ok"),
        ("plain@0", "ok"),
    ]
    assert outcome.entries[1].metadata == {"b": 1, "a": [2]}
    (failure,) = of(outcome, FailureRow)
    assert (failure.stage, failure.model_role) == ("model", "pre-trained")
    assert failure.error_type == "EndpointRejected"


def test_nothing_comes_to_nothing() -> None:
    assert assemble(SOURCE, [], [(LIVE, [])], None) == Outcome([], [], Counts(0, 0, 0))


@pytest.mark.parametrize("reason", ["ObjectGone", "NotJson"])
def test_rejected_file_is_one_failed_record(reason: str) -> None:
    outcome = assemble_rejected(SOURCE, FileRejectedError(reason, "it is not"))

    (row,) = outcome.rows
    assert isinstance(row, FailureRow)
    assert (row.record_index, row.report_id, row.stage) == (None, None, "read")
    assert (row.error_type, row.error_message) == (reason, "it is not")
    (entry,) = outcome.entries
    assert entry.error == {"type": reason, "message": "it is not"}
    assert outcome.counts == Counts(1, 0, 1)
