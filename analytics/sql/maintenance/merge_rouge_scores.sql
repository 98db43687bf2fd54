-- Makes rouge_scores_curated equal to v_rouge, every night, for what landed in the last three days or
-- was finished in the last eight, on whichever day it landed (a redrive or a re-run writes rows of the
-- landing day). Deletes scores that a re-run no longer has, and those of replaced uploads.
MERGE INTO rouge_scores_curated t
USING (
  WITH finished AS (
    SELECT DISTINCT run_id, dt
    FROM files
    WHERE run_id IS NOT NULL AND finished_at >= date_add('day', -8, current_date)
  ), day AS (
    SELECT dt FROM finished
    UNION
    SELECT date_add('day', -n, current_date) FROM (VALUES 0, 1, 2, 3) v (n)
  ), newest AS (
    SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version,
           r.stratum, r.metric, r.rouge_precision, r.rouge_recall, r.fmeasure, r.scorer, r.source_key,
           r.scored_at, r.dt
    FROM (
      SELECT s.*, row_number() OVER (PARTITION BY s.run_id, s.record_index, s.report_id, s.model_role, s.metric
                                     ORDER BY s.scored_at DESC, s.dt DESC) AS newest
      FROM rouge_scores s
      JOIN day d ON d.dt = s.dt
      WHERE s.run_id IS NOT NULL AND s.record_index IS NOT NULL AND s.report_id IS NOT NULL
        AND s.model_role IS NOT NULL AND s.metric IS NOT NULL
    ) r
    LEFT JOIN v_replaced v ON v.run_id = r.run_id
    WHERE r.newest = 1 AND v.run_id IS NULL
  )
  SELECT report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, stratum, metric,
         rouge_precision, rouge_recall, fmeasure, scorer, source_key, scored_at, dt, false AS gone
  FROM newest
  UNION ALL
  SELECT c.report_id, c.run_id, c.record_index, c.lane, c.dataset, c.model_role, c.model_id, c.model_version,
         c.stratum, c.metric, c.rouge_precision, c.rouge_recall, c.fmeasure, c.scorer, c.source_key,
         c.scored_at, c.dt, true AS gone
  FROM rouge_scores_curated c
  LEFT JOIN v_replaced v ON v.run_id = c.run_id
  LEFT JOIN finished f ON f.run_id = c.run_id
  LEFT JOIN newest n ON n.run_id = c.run_id AND n.record_index = c.record_index AND n.report_id = c.report_id
    AND n.model_role = c.model_role AND n.metric = c.metric
  WHERE v.run_id IS NOT NULL OR (f.run_id IS NOT NULL AND n.run_id IS NULL)
) u
ON t.run_id = u.run_id AND t.record_index = u.record_index AND t.report_id = u.report_id
   AND t.model_role = u.model_role AND t.metric = u.metric
WHEN MATCHED AND u.gone THEN
  DELETE
WHEN MATCHED AND (u.model_id IS DISTINCT FROM t.model_id OR u.model_version IS DISTINCT FROM t.model_version
    OR u.stratum IS DISTINCT FROM t.stratum OR u.rouge_precision IS DISTINCT FROM t.rouge_precision
    OR u.rouge_recall IS DISTINCT FROM t.rouge_recall OR u.fmeasure IS DISTINCT FROM t.fmeasure
    OR u.scorer IS DISTINCT FROM t.scorer OR u.scored_at IS DISTINCT FROM t.scored_at
    OR u.dt IS DISTINCT FROM t.dt) THEN
  UPDATE SET model_id = u.model_id, model_version = u.model_version, stratum = u.stratum,
             rouge_precision = u.rouge_precision, rouge_recall = u.rouge_recall, fmeasure = u.fmeasure,
             scorer = u.scorer, scored_at = u.scored_at, dt = u.dt
WHEN NOT MATCHED THEN
  INSERT (report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, stratum,
          metric, rouge_precision, rouge_recall, fmeasure, scorer, source_key, scored_at, dt)
  VALUES (u.report_id, u.run_id, u.record_index, u.lane, u.dataset, u.model_role, u.model_id,
          u.model_version, u.stratum, u.metric, u.rouge_precision, u.rouge_recall, u.fmeasure, u.scorer,
          u.source_key, u.scored_at, u.dt)
