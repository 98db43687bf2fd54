"""What the list's SQL calls and DuckDB lacks, as macros of the connection.

Arithmetic of decimals is done with whole numbers: DuckDB divides decimals as doubles. A number of
more than 38 digits on the way stops the query; it never answers with fewer digits.
"""

from __future__ import annotations

_SHORTEST = "CAST(abs(x) AS VARCHAR)"
_MANTISSA = f"split_part({_SHORTEST}, 'e', 1)"
_POINT = f"split_part({_MANTISSA}, '.', 1)"
_ALL = f"replace({_MANTISSA}, '.', '')"
_SIGNIFICANT = f"ltrim({_ALL}, '0')"
_EXPONENT = (
    f"(CASE WHEN contains({_SHORTEST}, 'e') THEN CAST(split_part({_SHORTEST}, 'e', 2) AS INTEGER) "
    f"ELSE 0 END + length({_POINT}) - 1 - (length({_ALL}) - length({_SIGNIFICANT})))"
)
_REST = f"rtrim(substring({_SIGNIFICANT}, 2), '0')"

MACROS = f"""
CREATE MACRO has(a, x) AS CASE WHEN list_contains(a, x) THEN true
  WHEN a IS NULL OR x IS NULL OR len(list_filter(a, lambda n: n IS NULL)) > 0 THEN NULL
  ELSE false END;
CREATE MACRO holds(a, x) AS CASE WHEN x IS NULL THEN len(list_filter(a, lambda n: n IS NULL)) > 0
  ELSE coalesce(list_contains(a, x), false) END;
CREATE MACRO distinct_of(a) AS list_filter(a, lambda x, i: CASE WHEN x IS NULL
  THEN len(list_filter(list_slice(a, 1, i), lambda n: n IS NULL)) = 1
  ELSE list_position(a, x) = i END);
CREATE MACRO now_utc() AS time_bucket(INTERVAL 1 MILLISECOND,
  CAST(now() AT TIME ZONE 'UTC' AS TIMESTAMP), TIMESTAMP '1970-01-01');
CREATE MACRO forward_months(a, b) AS (date_part('year', b) - date_part('year', a)) * 12
  + date_part('month', b) - date_part('month', a);
CREATE MACRO complete_months(a, b) AS forward_months(a, b) - CASE
  WHEN a <= b AND a + to_months(CAST(forward_months(a, b) AS INTEGER)) > b THEN 1
  WHEN a > b AND a + to_months(CAST(forward_months(a, b) AS INTEGER)) < b THEN -1 ELSE 0 END;
CREATE MACRO parsed_json(x) AS CASE WHEN json_valid(CAST(x AS VARCHAR))
  THEN CAST(CAST(x AS VARCHAR) AS JSON) END;
CREATE MACRO json_text(j) AS CASE WHEN json_type(j) NOT IN ('OBJECT', 'ARRAY', 'NULL')
  THEN json_extract_string(j, '$') END;
CREATE MACRO map_extract_value(m, k) AS list_extract(map_values(m), list_position(map_keys(m), k));
CREATE MACRO counted(m) AS map(map_keys(m), list_transform(map_values(m), lambda n: n::BIGINT));
CREATE MACRO unscaled(x, scale) AS
  CAST(replace(CAST(x AS VARCHAR), '.', '') AS HUGEINT);
CREATE MACRO half_up(n, d) AS (CASE WHEN (n < 0) <> (d < 0) THEN -1 ELSE 1 END)
  * ((2 * abs(n) + abs(d)) // (2 * abs(d)));
CREATE MACRO scaled(q, scale) AS (CASE WHEN q < 0 THEN '-' ELSE '' END)
  || CASE WHEN scale = 0 THEN CAST(abs(q) AS VARCHAR)
     ELSE insert_point(lpad(CAST(abs(q) AS VARCHAR),
       CAST(greatest(length(CAST(abs(q) AS VARCHAR)), scale + 1) AS INTEGER), '0'), scale) END;
CREATE MACRO decimal_ratio(n, d, scale) AS scaled(half_up(n, d), scale);
CREATE MACRO double_text(x) AS CASE WHEN x IS NULL THEN NULL WHEN isnan(x) THEN 'NaN'
  WHEN isinf(x) THEN CASE WHEN x > 0 THEN 'Infinity' ELSE '-Infinity' END
  WHEN x = 0 THEN CASE WHEN signbit(x) THEN '-0E0' ELSE '0E0' END
  ELSE (CASE WHEN x < 0 THEN '-' ELSE '' END) || substring({_SIGNIFICANT}, 1, 1) || '.'
    || (CASE WHEN {_REST} = '' THEN '0' ELSE {_REST} END) || 'E' || CAST({_EXPONENT} AS VARCHAR)
  END;
"""
# A macro must be there before one that calls it.
BEFORE = """
CREATE MACRO insert_point(t, scale) AS substring(t, 1, length(t) - scale) || '.'
  || substring(t, length(t) - scale + 1);
"""
