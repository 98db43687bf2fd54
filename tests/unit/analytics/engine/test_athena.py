"""What a local Athena does beside running statements: restricted views."""

from __future__ import annotations

import pytest

from analytics.engine.athena import Athena
from tests.unit.analytics.conftest import LakeOnDisk, score


def test_what_reads_a_restricted_view_sees_its_rows_only(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("rouge_scores", score(), score(run_id="o2", dataset="dev2"))

    athena.restrict({"v_rouge": "dataset = 'dev2' OR dataset = 'dev3'"})

    assert athena.query("SELECT dataset FROM v_rouge").rows == (("dev2",),)
    assert athena.query("SELECT DISTINCT dataset FROM v_rouge_mean").rows == (("dev2",),)
    assert athena.rows_of("rouge_scores") == 2


def test_a_view_that_was_read_cannot_be_restricted(lake: LakeOnDisk, athena: Athena) -> None:
    lake.put("rouge_scores", score())
    athena.query("SELECT count(*) AS n FROM v_rouge_mean")

    with pytest.raises(ValueError, match="already read: v_rouge"):
        athena.restrict({"v_rouge": "dataset = 'dev2'"})
