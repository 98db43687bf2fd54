-- Which scores exist (without duplicates)?
SELECT report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, stratum, metric,
       rouge_precision, rouge_recall, fmeasure, scorer, source_key, scored_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, metric ORDER BY scored_at DESC, dt DESC) AS newest
  FROM rouge_scores t
  WHERE run_id IS NOT NULL
)
WHERE newest = 1
