"""What a local Athena does beside answering statements."""

from __future__ import annotations

import pytest

from analytics.engine.athena import Athena
from analytics.errors import UntranslatableError
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


def test_too_little_memory_is_said_with_what_to_do(athena: Athena) -> None:
    athena._duckdb.execute("SET memory_limit = '2MB'")  # a machine with little

    with pytest.raises(UntranslatableError, match=r"not enough memory here.* read fewer days"):
        athena.query(
            "SELECT array_agg(x) FROM UNNEST(sequence(1, 9999)) AS t(x) "
            "CROSS JOIN UNNEST(sequence(1, 999)) AS u(y)"
        )


def test_another_databases_name_is_read_from_this_lake_with_a_warning(
    athena: Athena, warnings: list[str]
) -> None:
    athena.query("SELECT count(*) FROM reports.files JOIN radiology_impressions.failures ON true")

    assert warnings == ["reports.files is read from this lake, its only database"]
