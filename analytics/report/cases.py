"""The cases of the page: every report with its drafts, read from the lake through the views."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from analytics.engine.athena import Athena
from chalicelib.output.baselines import ALL_ROLES

Row = dict[str, Any]

# Lowest score first: the fine-tuned model's if it has one, otherwise the lowest of any model.
_CASES = """
WITH c AS (
  SELECT run_id, record_index, report_id, dataset, stratum, source_key, findings,
         reference_impression, model_role, model_version, rouge1, generated_impression
  FROM v_cases
  WHERE rouge1 IS NOT NULL AND model_role NOT LIKE 'baseline-%'
),
worst AS (
  SELECT run_id, record_index, report_id,
         coalesce(max(rouge1) FILTER (WHERE model_role = 'fine-tuned'), min(rouge1)) AS score
  FROM c
  GROUP BY run_id, record_index, report_id
  ORDER BY score, report_id, run_id, record_index
  LIMIT {most}
)
SELECT c.*, w.score
FROM c
JOIN worst w ON w.run_id = c.run_id AND w.record_index = c.record_index
            AND w.report_id = c.report_id
ORDER BY w.score, c.report_id, c.run_id, c.record_index, c.model_role
"""


def gather(athena: Athena, most: int) -> list[Row]:
    """At most `most` cases in the page script's format, lowest score first; raises AwsError."""
    return _cases(athena.query(_CASES.format(most=int(most))).dicts())


def _rank(role: str) -> tuple[int, str]:
    return (ALL_ROLES.index(role) if role in ALL_ROLES else len(ALL_ROLES), role)


def _cases(rows: Iterable[Row]) -> list[Row]:
    """One case per report, with every model's draft. Keys are short: there may be thousands."""
    found: dict[tuple[Any, ...], Row] = {}
    for row in rows:
        key = row["run_id"], row["record_index"], row["report_id"]
        case = found.setdefault(
            key,
            {
                "i": row["report_id"] or "",
                "d": row["dataset"] or "",
                "s": row["stratum"] or "",
                "k": row["source_key"] or "",
                "f": row["findings"] or "",
                "r": row["reference_impression"] or "",
                "m": [],
            },
        )
        draft = row["generated_impression"] or ""
        score, version = round(row["rouge1"], 4), row["model_version"] or ""
        case["m"].append([row["model_role"] or "", score, draft, version])
    for case in found.values():
        case["m"].sort(key=lambda draft: _rank(draft[0]))
    return list(found.values())
