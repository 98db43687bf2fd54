from __future__ import annotations

from typing import Any

import msgspec

from chalicelib import checks
from chalicelib.drafting.endpoint import Draft
from chalicelib.intake.record import Record
from chalicelib.intake.source import Source
from chalicelib.objects import ObjectRef
from chalicelib.output.document import Remark, Remarks
from chalicelib.output.rows import Written, rows_of
from chalicelib.output.tables import CheckRow, ClinicalRow, ImpressionRow
from chalicelib.queue.messages import WorkItem
from tests.unit.chalicelib.stores import NOTICED

REF = ObjectRef("b", "evaluation/openi/a", "e", "v")
SOURCE = Source(WorkItem(REF, NOTICED), NOTICED)
SIDE = Remark("wrong_side", "The effusion is on the left.", [(0, 4), (5, 9)], [(3, 8)])
LONG = Remark("longer_than_findings", "More words than the findings.")


def of(kind: type, remarks: Remarks, reference: str | None = "Cardiomegaly.") -> list[Any]:
    record = Record(1, "r1", "Heart big.", reference, flags=("metadata_dropped",))
    draft = Draft("Cardiomegaly. Left pleural effusion.", 1.0)
    written = Written("fine-tuned", "t5", "7", "endpoint", "0", draft, remarks)
    return [row for row in rows_of(SOURCE, record, written) if type(row) is kind]


def test_each_flag_is_a_row_that_says_whose_it_is_and_quotes_nothing() -> None:
    first, second = of(CheckRow, [SIDE, LONG])

    assert (first.flag_index, first.flag) == (0, "wrong_side")
    assert (first.findings_spans, first.draft_spans) == ("[[0,4],[5,9]]", "[[3,8]]")
    assert (second.flag_index, second.flag) == (1, "longer_than_findings")
    assert (second.findings_spans, second.draft_spans) == ("[]", "[]")
    for row in (first, second):
        assert (row.report_id, row.run_id, row.record_index) == ("r1", REF.object_id, 1)
        assert (row.lane, row.dataset, row.source_key) == ("evaluation", "openi", REF.key)
        assert (row.model_role, row.model_id, row.model_version) == ("fine-tuned", "t5", "7")
        assert row.checker.startswith(checks.VERSION)
        assert (row.stratum, row.checked_at) == ("abnormal", "2026-01-02 03:04:05.000")
        assert "effusion" not in msgspec.json.encode(row).decode()


def test_sentences_stand_with_the_draft_in_the_order_of_the_flags() -> None:
    (row,) = of(ImpressionRow, [SIDE, LONG])

    assert row.check_sentences == [SIDE.sentence, LONG.sentence]
    assert row.flags == ["metadata_dropped", "wrong_side", "longer_than_findings"]


def test_a_checked_draft_without_flags_has_one_row_that_says_so() -> None:
    (row,) = of(CheckRow, [], reference=None)

    assert (row.flag, row.flag_index, row.stratum) == (None, 0, None)


def test_an_unchecked_draft_has_no_row_and_no_sentences() -> None:
    assert of(CheckRow, None) == []
    assert of(ImpressionRow, None)[0].check_sentences == []


def test_a_reference_is_compared_by_facts_too() -> None:
    (row,) = of(ClinicalRow, None)

    assert (row.facts_common, row.facts_draft, row.facts_reference) == (1, 2, 1)
    assert (row.clinical_precision, row.clinical_recall) == (0.5, 1.0)
    assert (row.stratum, row.facts_stratum, row.draft_stratum) == ("abnormal",) * 3
    assert (row.model_role, row.model_version, row.record_index) == ("fine-tuned", "7", 1)


def test_without_a_reference_there_is_nothing_to_compare_with() -> None:
    assert of(ClinicalRow, None, reference=None) == []
