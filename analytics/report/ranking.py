"""The query of the most dangerous cases: drafts, scores and flags, in the default order."""

from __future__ import annotations

from chalicelib.checks import DISAGREEMENTS
from chalicelib.settings import DRAFT_CHECKS

# The checks are listed in the order in which a reader should see their flags. Those of the first
# three are critical disagreements; a draft that is normal by its facts where the report is not
# comes right after them, flagged or not.
CRITICAL = len(DISAGREEMENTS)
_PLACES = " ".join(f"WHEN '{name}' THEN {place * 2}" for place, name in enumerate(DRAFT_CHECKS))
MISSED = CRITICAL * 2 - 1
_OTHER = len(DRAFT_CHECKS) * 2
_NO_DANGER = 99
_CRITICAL = ", ".join(f"'{name}'" for name in sorted(DISAGREEMENTS))

# A report's place is that of its fine-tuned draft, if it has one, otherwise of its worst draft.
WORST = f"""
WITH f AS (
  SELECT run_id, record_index, report_id, model_role, count(*) AS remarks,
         array_agg(flag_index ORDER BY flag_index) AS indexes,
         array_agg(flag ORDER BY flag_index) AS names,
         array_agg(findings_spans ORDER BY flag_index) AS in_findings,
         array_agg(draft_spans ORDER BY flag_index) AS in_draft,
         min(CASE flag {_PLACES} ELSE {_OTHER} END) FILTER (WHERE flag IS NOT NULL) AS danger,
         count(*) FILTER (WHERE flag IN ({_CRITICAL})) AS critical
  FROM v_checks
  GROUP BY run_id, record_index, report_id, model_role
),
c AS (
  SELECT v.run_id, v.record_index, v.report_id, v.dataset, v.stratum, v.source_key, v.findings,
         v.reference_impression, v.model_role, v.model_version, v.rouge1, v.clinical_f1,
         v.facts_stratum, v.draft_stratum, v.generated_impression, v.flags, v.check_sentences,
         f.remarks, f.indexes, f.names, f.in_findings, f.in_draft,
         coalesce(f.critical, 0) AS critical,
         least(coalesce(f.danger, {_NO_DANGER}),
               CASE WHEN v.facts_stratum = 'abnormal' AND v.draft_stratum = 'normal'
                         AND v.clinical_f1 IS NOT NULL THEN {MISSED} ELSE {_NO_DANGER} END,
               CASE WHEN cardinality(v.flags) > 0 THEN {_OTHER} ELSE {_NO_DANGER} END) AS danger
  FROM v_cases v
  LEFT JOIN f ON f.run_id = v.run_id AND f.record_index = v.record_index
             AND f.report_id = v.report_id AND f.model_role = v.model_role
),
r AS (
  SELECT run_id, record_index, report_id,
         count(*) FILTER (WHERE model_role = 'fine-tuned') AS tuned,
         min(danger) FILTER (WHERE model_role = 'fine-tuned') AS tuned_danger,
         max(critical) FILTER (WHERE model_role = 'fine-tuned') AS tuned_critical,
         min(clinical_f1) FILTER (WHERE model_role = 'fine-tuned') AS tuned_clinical,
         min(rouge1) FILTER (WHERE model_role = 'fine-tuned') AS tuned_rouge,
         min(danger) AS danger, max(critical) AS critical, min(clinical_f1) AS clinical,
         min(rouge1) AS rouge
  FROM c
  WHERE model_role NOT LIKE 'baseline-%'
  GROUP BY run_id, record_index, report_id
  HAVING min(danger) < {_NO_DANGER} OR count(rouge1) > 0
),
w AS (
  SELECT run_id, record_index, report_id, count(*) OVER () AS total,
         CASE WHEN tuned > 0 THEN tuned_danger ELSE danger END AS first_key,
         CASE WHEN tuned > 0 THEN tuned_critical ELSE critical END AS second_key,
         CASE WHEN tuned > 0 THEN tuned_clinical ELSE clinical END AS third_key,
         CASE WHEN tuned > 0 THEN tuned_rouge ELSE rouge END AS fourth_key
  FROM r
  ORDER BY first_key, second_key DESC, third_key NULLS LAST, fourth_key NULLS LAST,
           report_id, run_id, record_index
  LIMIT {{most}}
)
SELECT c.*, w.total
FROM c
JOIN w ON w.run_id = c.run_id AND w.record_index = c.record_index AND w.report_id = c.report_id
ORDER BY w.first_key, w.second_key DESC, w.third_key NULLS LAST, w.fourth_key NULLS LAST,
         c.report_id, c.run_id, c.record_index, c.model_role
"""  # noqa: S608  # our own names
