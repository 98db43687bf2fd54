-- How far do drafts and radiologists state the same facts (without duplicates)? Without those of
-- uploads that newer ones have replaced.
SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version, r.stratum,
       r.facts_stratum, r.draft_stratum, r.facts_common, r.facts_draft, r.facts_reference,
       r.clinical_precision, r.clinical_recall, r.fmeasure, r.scorer, r.source_key, r.scored_at, r.dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role ORDER BY scored_at DESC, dt DESC) AS newest
  FROM clinical_scores t
  WHERE run_id IS NOT NULL
) r
LEFT JOIN v_replaced u ON u.run_id = r.run_id
WHERE r.newest = 1 AND u.run_id IS NULL
