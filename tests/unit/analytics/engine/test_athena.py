from __future__ import annotations

import pytest

from analytics.engine.athena import Athena
from analytics.errors import UntranslatableError


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
