-- Merges the last days' scores into rouge_scores_curated without duplicates, every night, and deletes
-- those of uploads that newer ones under the same key have replaced.
MERGE INTO rouge_scores_curated t
USING (
  SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version,
         r.stratum, r.metric, r.rouge_precision, r.rouge_recall, r.fmeasure, r.scorer, r.source_key,
         r.scored_at, r.dt, false AS replaced
  FROM (
    SELECT s.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, metric
                                   ORDER BY scored_at DESC, dt DESC) AS newest
    FROM rouge_scores s
    WHERE dt >= date_add('day', -3, current_date) AND run_id IS NOT NULL
  ) r
  LEFT JOIN v_replaced v ON v.run_id = r.run_id
  WHERE r.newest = 1 AND v.run_id IS NULL
  UNION ALL
  SELECT c.report_id, c.run_id, c.record_index, c.lane, c.dataset, c.model_role, c.model_id, c.model_version,
         c.stratum, c.metric, c.rouge_precision, c.rouge_recall, c.fmeasure, c.scorer, c.source_key,
         c.scored_at, c.dt, true AS replaced
  FROM rouge_scores_curated c
  JOIN v_replaced v ON v.run_id = c.run_id
) u
ON t.run_id = u.run_id AND t.record_index = u.record_index AND t.report_id = u.report_id
   AND t.model_role = u.model_role AND t.metric = u.metric
WHEN MATCHED AND u.replaced THEN
  DELETE
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
