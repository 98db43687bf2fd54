-- Merges the last days' scores into rouge_scores_curated without duplicates, every night.
MERGE INTO rouge_scores_curated t
USING (
  SELECT report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, stratum,
         metric, rouge_precision, rouge_recall, fmeasure, scorer, source_key, scored_at, dt
  FROM (
    SELECT s.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, metric
                                   ORDER BY scored_at DESC, dt DESC) AS newest
    FROM rouge_scores s
    WHERE dt >= date_add('day', -3, current_date) AND run_id IS NOT NULL
  )
  WHERE newest = 1
) u
ON t.run_id = u.run_id AND t.record_index = u.record_index AND t.report_id = u.report_id
   AND t.model_role = u.model_role AND t.metric = u.metric
WHEN MATCHED AND u.scored_at >= t.scored_at THEN
  UPDATE SET model_id = u.model_id, model_version = u.model_version, stratum = u.stratum,
             rouge_precision = u.rouge_precision, rouge_recall = u.rouge_recall, fmeasure = u.fmeasure,
             scorer = u.scorer, scored_at = u.scored_at, dt = u.dt
WHEN NOT MATCHED THEN
  INSERT (report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, stratum,
          metric, rouge_precision, rouge_recall, fmeasure, scorer, source_key, scored_at, dt)
  VALUES (u.report_id, u.run_id, u.record_index, u.lane, u.dataset, u.model_role, u.model_id,
          u.model_version, u.stratum, u.metric, u.rouge_precision, u.rouge_recall, u.fmeasure, u.scorer,
          u.source_key, u.scored_at, u.dt)
