-- Which scores exist (without duplicates)? Without those of uploads that newer ones have replaced.
SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version, r.stratum, r.metric,
       r.rouge_precision, r.rouge_recall, r.fmeasure, r.scorer, r.source_key, r.scored_at, r.dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, metric ORDER BY scored_at DESC, dt DESC) AS newest
  FROM rouge_scores t
  WHERE run_id IS NOT NULL
) r
LEFT JOIN v_replaced u ON u.run_id = r.run_id
WHERE r.newest = 1 AND u.run_id IS NULL
