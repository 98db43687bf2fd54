-- Why do records fail, where, and since when?
SELECT lane, dataset, stage, error_type, retryable, count(*) AS failures,
       count(DISTINCT run_id) AS files, min(dt) AS first_day, max(dt) AS last_day
FROM v_failures
GROUP BY lane, dataset, stage, error_type, retryable
