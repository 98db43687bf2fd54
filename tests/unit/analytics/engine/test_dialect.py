"""What Athena (Trino) answers, as its documentation says, and what is refused."""

from __future__ import annotations

import os
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from analytics.engine.athena import Athena
from analytics.errors import QueryError, UntranslatableError

# Expression, its value on Athena, its type on Athena. Of those marked, sqlglot alone makes SQL that
# runs in DuckDB and says something else.
ANSWERS: list[tuple[str, Any, str]] = [
    ("7 / 2", 3, "integer"),  # marked: 3.5
    ("-7 / 2", -3, "integer"),  # marked
    ("7 / 2e0", 3.5, "double"),
    ("x / 2", 1, "integer"),  # marked: a column's type is known from its table
    ("cast(2.5e0 as integer)", 3, "integer"),  # marked: 2
    ("cast(-2.5e0 as bigint)", -3, "bigint"),  # marked: -2
    ("cast(2.5 as bigint)", 3, "bigint"),
    ("date_diff('day', timestamp '2026-01-01 23:00:00', timestamp '2026-01-02 01:00:00')", 0, ""),
    ("date_diff('month', date '2026-01-31', date '2026-02-27')", 0, "bigint"),  # marked: 1
    ("date_diff('day', date '2026-01-31', date '2026-02-28')", 28, "bigint"),
    ("slice(array[1, 2, 3, 4], 2, 2)", [2, 3], "array(integer)"),  # marked: [2]
    ("regexp_replace('abab', '(a)(b)', '$2$1')", "baba", "varchar"),  # marked
    ("regexp_extract('a12', '[0-9]+')", "12", "varchar"),
    ("regexp_like('abc', 'b')", True, "boolean"),
    ("greatest(1, null)", None, "integer"),
    ("least(null, 1)", None, "integer"),
    ("concat('a', null)", None, ""),
    ("'a' || null", None, ""),
    ("date_add('day', 30, date '2026-11-01')", date(2026, 12, 1), "date"),  # marked: a timestamp
    ("date '2026-11-01' + interval '1' day", date(2026, 11, 2), "date"),  # marked
    ("date_add('hour', 1, timestamp '2026-11-01 00:00:00')", datetime(2026, 11, 1, 1), ""),  # noqa: DTZ001  # Athena's has no zone
    ("date_trunc('month', date '2026-11-24')", date(2026, 11, 1), "date"),  # marked
    ("day_of_week(date '2026-11-22')", 7, "bigint"),  # marked: 0
    ("extract(dow from date '2026-11-22')", 7, "bigint"),  # marked: 0
    ("element_at(array[1, 2], 5)", None, "integer"),
    ("array[7, 8, 9][x]", 9, "integer"),  # marked: one too far
    ("array[7, 8, 9][x - 1]", 8, "integer"),  # marked
    ("array[7, 8, 9][1]", 7, "integer"),
    ("map(array['a'], array[1])['a']", 1, "integer"),
    ("width_bucket(0.5e0, 0, 1, 20)", 11, "bigint"),
    ("width_bucket(1e0, 0, 1, 20)", 21, "bigint"),
    ("is_nan(nan())", True, "boolean"),
    ("arrays_overlap(array[1], array[1, 2])", True, "boolean"),
    ("to_iso8601(timestamp '2026-11-24 10:05:00.000')", "2026-11-24T10:05:00.000", "varchar"),
    ("strpos('hello', 'l')", 3, "bigint"),
    ("substr('hello', 2, 3)", "ell", "varchar"),
    ("split_part('a,b', ',', 2)", "b", "varchar"),
    ("json_extract_scalar('{\"a\": 1}', '$.a')", "1", "varchar"),
    ("array_join(array['a', 'b'], '-')", "a-b", "varchar"),
    ("try_cast('x' as integer)", None, "integer"),
    ("round(2.5)", Decimal(3), ""),
    ("date_format(timestamp '2026-11-24 10:05:00', '%Y-%m-%d %H:%i')", "2026-11-24 10:05", ""),
    ("count(*) filter (where x > 5)", 0, "bigint"),
    ("sum(x)", 3, "bigint"),
    ("avg(x)", 3.0, "double"),
    ("count_if(x > 1)", 1, "bigint"),
    ("array_agg(x order by x)", [3], "array(integer)"),
    ("if(x > 1, 'many', 'one')", "many", "varchar"),
    ("url_decode('a%20b')", "a b", "varchar"),
    ("translate('abc', 'ab', 'xy')", "xyc", "varchar"),
    ("last_day_of_month(date '2026-11-24')", date(2026, 11, 30), "date"),
]


@pytest.mark.parametrize(("expression", "value", "kind"), ANSWERS)
def test_answers_are_athenas(athena: Athena, expression: str, value: Any, kind: str) -> None:
    result = athena.query(f"SELECT {expression} AS v FROM (VALUES 3) t(x)")

    assert result.rows == ((value,),)
    assert kind in {"", result.columns[0][1]}


@pytest.mark.parametrize(
    "expression",
    [
        "typeof(1)",
        "format('%.2f', 1.5e0)",
        "format_datetime(timestamp '2026-11-24 10:05:00', 'yyyy')",
        "numeric_histogram(2, x)",
        "map_agg(x, x)",
        "at_timezone(timestamp '2026-01-01 00:00:00 UTC', 'America/New_York')",
        "regexp_replace('a', 'b', cast(x as varchar))",
    ],
)
def test_what_cannot_be_said_in_duckdb_is_refused(athena: Athena, expression: str) -> None:
    with pytest.raises(UntranslatableError):
        athena.query(f"SELECT {expression} AS v FROM (VALUES 3) t(x)")


@pytest.mark.parametrize(
    ("query", "message"),
    [
        ("SELECT x FROM files QUALIFY row_number() OVER () = 1", "SYNTAX_ERROR: line 1"),
        ("SELECT * EXCLUDE (run_id) FROM files", "EXCLUDE"),
        ("SELECT run_id FROM files LIMIT 5 OFFSET 2", "OFFSET must precede LIMIT"),
        ("SELECT run_id FROM (SELECT run_id FROM files LIMIT 5 OFFSET 2)", "OFFSET must precede"),
        (
            "SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY chunks) FROM files",
            "SYNTAX_ERROR",
        ),
        ("SELECT 'half", "Unterminated"),
        ("SELECT 1; SELECT 2", "Only one sql statement is allowed"),
        ("DROP TABLE files", "only queries can be run"),
        ("INSERT INTO files SELECT * FROM files", "only queries can be run"),
        (
            "SELECT run_id FROM nowhere",
            "TABLE_NOT_FOUND: line 1:20: Table 'nowhere'",
        ),
        ("SELECT * FROM read_json('/etc/passwd')", "table functions"),
        ("SELECT ? AS v", "INVALID_PARAMETER_USAGE: line 1:1: .* expected 1 but found 0"),
        ("SELECT run_id FROM hive.default.files", "the catalog hive is on Athena only"),
        ("SELECT JSON '1'", "PARSE JSON runs on Athena only"),
        ("VALUES 1, 2", "VALUES without parentheses runs on Athena only"),
        ('SELECT "$path" FROM files', "exists only on Athena"),
    ],
)
def test_what_athena_refuses_is_refused_here(athena: Athena, query: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        athena.query(query)


def test_offset_before_limit_is_athenas_order(athena: Athena) -> None:
    result = athena.query("SELECT x FROM (VALUES 1, 2, 3) t(x) ORDER BY x OFFSET 1 LIMIT 1")

    assert result.rows == ((2,),)


def test_columns_without_a_name_are_named_as_athena_names_them(athena: Athena) -> None:
    result = athena.query("SELECT 1, x AS Named, count(*), x FROM (VALUES 3) t(x) GROUP BY x")

    assert result.names == ("_col0", "named", "_col2", "x")


def test_tables_may_be_named_with_catalog_and_database(athena: Athena) -> None:
    name = '"awsdatacatalog"."radiology_impressions"."v_files"'

    assert athena.query(f"SELECT run_id FROM {name}").rows == ()


def test_an_error_of_a_value_holds_no_value(athena: Athena) -> None:
    with pytest.raises(QueryError) as caught:
        athena.query("SELECT cast('Heart is normal' as integer) AS v")

    assert "Heart" not in str(caught.value)
    assert caught.value.__cause__ is None


# A file of statements with what Trino answers, `statement ||| answer`, written for a reader: here
# an error must be one, and an answer an answer or a refusal by name.
CASES = os.environ.get("ATHENA_CASES", "")
_ERRORS = ("error", "NOT_FOUND", "MISMATCH", "refused clear")


def statements() -> list[tuple[str, str]]:
    lines = Path(CASES).read_text(encoding="utf-8").splitlines() if CASES else []
    pairs = [line.split(" ||| ") for line in lines if " ||| " in line and line[0] != "#"]
    return [(pair[0], pair[1]) for pair in pairs]


@pytest.mark.skipif(not CASES, reason="ATHENA_CASES names no file")
def test_statements_of_others_are_answered_or_refused(athena: Athena) -> None:
    wrong = []
    for statement, wanted in statements():
        fails = any(word in wanted for word in _ERRORS)
        try:
            found = athena.query(statement).rows
        except UntranslatableError:
            continue
        except QueryError as error:
            if not fails:
                wrong.append(f"{statement}: {error}")
            continue
        if fails:
            wrong.append(f"{statement}: {found}")

    assert statements()
    assert wrong == []


# Kinds of statements that were answered otherwise, or ran although Athena refuses them.
STATEMENTS: list[tuple[str, Any]] = [
    ("SELECT n FROM (VALUES 2, 1, 1, 3) t(n) ORDER BY n FETCH FIRST 1 ROW WITH TIES", [1, 1]),
    ("SELECT n FROM (VALUES 2, NULL, 1) t(n) ORDER BY n DESC", [2, 1, None]),
    ("SELECT n FROM (VALUES 1, 2) t(n) WHERE n NOT IN (SELECT m FROM (VALUES 1, NULL) s(m))", []),
    ("SELECT n AS m FROM (VALUES 1) t(n) WHERE m = 1", "COLUMN_NOT_FOUND: line 1:42"),
    ("SELECT n AS m FROM (VALUES 1) t(n) GROUP BY m", "COLUMN_NOT_FOUND: line 1:45"),
    ("SELECT count(*) AS m FROM (VALUES 1) t(n) HAVING m > 0", "COLUMN_NOT_FOUND"),
    ("SELECT n + 1 AS m, m FROM (VALUES 1) t(n)", "COLUMN_NOT_FOUND"),
    ("SELECT n + 1 AS m FROM (VALUES 1, 2) t(n) ORDER BY m DESC", [3, 2]),
    ("SELECT _col0 FROM (SELECT 1)", "COLUMN_NOT_FOUND"),
    ("SELECT n FROM (SELECT 1 AS n, 2 AS n)", "AMBIGUOUS_NAME"),
    ("SELECT n, m FROM (VALUES (1, 2)) t(n, m) GROUP BY n", "EXPRESSION_NOT_AGGREGATE: line"),
    ("SELECT n FROM (VALUES 1) t(n) WHERE count(*) > 0", "EXPRESSION_NOT_SCALAR"),
    ("SELECT DISTINCT n FROM (VALUES 1) t(n) ORDER BY n + 1", "EXPRESSION_NOT_IN_DISTINCT"),
    ("SELECT n FROM (VALUES 1) t(n) ORDER BY 2", "INVALID_COLUMN_REFERENCE"),
    ("SELECT 1 UNION SELECT 'a'", "TYPE_MISMATCH"),
    ("SELECT 1 UNION ALL SELECT 1.5 ORDER BY 1", [Decimal("1.0"), Decimal("1.5")]),
    ("SELECT 1 AS n UNION BY NAME SELECT 2 AS n", "SYNTAX_ERROR"),
    ("SELECT n FROM (VALUES 1, 'a') t(n)", "TYPE_MISMATCH"),
    ("SELECT (SELECT n FROM (VALUES 1, 2) t(n))", "SUBQUERY_MULTIPLE_ROWS"),
    ("SELECT (SELECT 1 WHERE false)", [None]),
    ("SELECT run_id FROM files WHERE dt >= '2026-01-01'", "TYPE_MISMATCH: line 1:35: Cannot apply"),
    ("SELECT run_id FROM files WHERE landed_at > '2026-01-01'", "TYPE_MISMATCH"),
    ("SELECT run_id FROM files WHERE records_ok = '1'", "TYPE_MISMATCH"),
    ("SELECT count(*) FROM AwsDataCatalog.some_db.FILES;", [0]),
    ("SELECT x FROM UNNEST(ARRAY[1, 2]) WITH ORDINALITY AS t(x, i) WHERE i = 2", [2]),
    ("SELECT x FROM (VALUES ARRAY[1, 2]) t(a) CROSS JOIN UNNEST(a) AS u(x)", [1, 2]),
    ("SELECT grouping(n) FROM (VALUES 1) t(n) GROUP BY GROUPING SETS ((n), ()) ORDER BY 1", [0, 1]),
    ("SELECT count(*) FROM (VALUES 1) t(n) WHERE false AND 1 / (n - 1) = 1", [0]),
    ("SELECT if(n = 0, 0, 1 / n) FROM (VALUES 0, 1) t(n)", [0, 1]),
    ("WITH a AS (SELECT 1 AS n), b AS (SELECT n + 1 AS m FROM a) SELECT m FROM b", [2]),
    ("WITH files AS (SELECT * FROM files) SELECT count(*) FROM files", [0]),
    ("WITH v_rouge AS (SELECT 1 AS n) SELECT n FROM (SELECT * FROM v_rouge)", [1]),
    (
        "SELECT n FROM (WITH a AS (SELECT 1 AS n) SELECT n FROM a) JOIN a ON true",
        "line 1:64: Table",
    ),
    ("WITH a AS (SELECT n FROM b), b AS (SELECT 1 AS n) SELECT n FROM a", "line 1:26: Table 'b'"),
    ("VALUES (1), (2)", [1, 2]),
    ("SHOW TABLES", "only queries can be run"),
]


@pytest.mark.parametrize(("statement", "wanted"), STATEMENTS)
def test_a_statement_is_answered_as_trino_answers_it(
    athena: Athena, statement: str, wanted: Any
) -> None:
    if isinstance(wanted, str):
        with pytest.raises(QueryError, match=wanted) as caught:
            athena.query(statement)
        assert not isinstance(caught.value, UntranslatableError)
    else:
        assert [row[0] for row in athena.query(statement).rows] == wanted


@pytest.mark.parametrize(
    ("statement", "name"),
    [
        ("SELECT n FROM (VALUES 1) t(n) WINDOW w AS (ORDER BY n)", "a named WINDOW"),
        ("SELECT run_id FROM files TABLESAMPLE BERNOULLI (10)", "TABLESAMPLE"),
        ("WITH RECURSIVE t(n) AS (SELECT 1) SELECT n FROM t", "WITH RECURSIVE"),
        ("SELECT current_user", "current_user"),
        ("SELECT max_by(n, n, 2) FROM (VALUES 1) t(n)", "max_by of"),
        ("SELECT landed_at AT TIME ZONE 'UTC' FROM files", "AT TIME ZONE"),
    ],
)
def test_what_runs_on_athena_only_is_named(athena: Athena, statement: str, name: str) -> None:
    with pytest.raises(UntranslatableError, match=f"{name}.* runs on Athena only"):
        athena.query(statement)


def test_a_parameter_takes_the_type_that_it_meets(athena: Athena) -> None:
    query = "SELECT ? = 'a', ? = 2, CAST(? AS double), date '2026-01-02' > ?"

    assert athena.query(query, ["a", "2", "1.5", "2026-01-01"]).rows == ((True, True, 1.5, True),)
    with pytest.raises(QueryError, match="INVALID_CAST_ARGUMENT"):
        athena.query("SELECT ? = 2", ["Heart"])


def test_rows_of_a_view_are_read_with_its_types(athena: Athena) -> None:
    kinds = dict(athena.describe("v_rouge_describe"))

    assert (kinds["count"], kinds["mean"], kinds["metric"]) == ("bigint", "double", "varchar")
