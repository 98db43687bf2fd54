-- Which days contain unreadable lines? Athena reads a line that is not JSON as a row of nulls,
-- which the views skip and this query counts.
SELECT 'impressions' AS table_name, dt, count(*) AS lines FROM impressions WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'rouge_scores', dt, count(*) FROM rouge_scores WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'clinical_scores', dt, count(*) FROM clinical_scores WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'checks', dt, count(*) FROM checks WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'failures', dt, count(*) FROM failures WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'files', dt, count(*) FROM files WHERE run_id IS NULL GROUP BY dt
UNION ALL
SELECT 'training_metrics', dt, count(*) FROM training_metrics WHERE training_job_name IS NULL GROUP BY dt
ORDER BY 1, 2
