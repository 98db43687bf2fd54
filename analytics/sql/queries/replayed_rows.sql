-- How many rows did replays duplicate in the lake, by table and day? The views count them once.
SELECT 'impressions' AS table_name, dt, sum(n) AS rows_stored, sum(n) - count(*) AS replays
FROM (SELECT dt, count(*) AS n FROM impressions WHERE run_id IS NOT NULL
      GROUP BY dt, run_id, record_index, report_id, model_role)
GROUP BY dt
UNION ALL
SELECT 'rouge_scores', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM rouge_scores WHERE run_id IS NOT NULL
      GROUP BY dt, run_id, record_index, report_id, model_role, metric)
GROUP BY dt
UNION ALL
SELECT 'clinical_scores', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM clinical_scores WHERE run_id IS NOT NULL
      GROUP BY dt, run_id, record_index, report_id, model_role)
GROUP BY dt
UNION ALL
SELECT 'checks', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM checks WHERE run_id IS NOT NULL
      GROUP BY dt, run_id, record_index, report_id, model_role, flag_index)
GROUP BY dt
UNION ALL
SELECT 'failures', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM failures WHERE run_id IS NOT NULL
      GROUP BY dt, run_id, record_index, report_id, model_role, stage)
GROUP BY dt
UNION ALL
SELECT 'files', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM files WHERE run_id IS NOT NULL
      GROUP BY dt, run_id)
GROUP BY dt
UNION ALL
SELECT 'training_metrics', dt, sum(n), sum(n) - count(*)
FROM (SELECT dt, count(*) AS n FROM training_metrics WHERE training_job_name IS NOT NULL
      GROUP BY dt, training_job_name, metric_name, step, epoch, observed_at)
GROUP BY dt
ORDER BY 1, 2
