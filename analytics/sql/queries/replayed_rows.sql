-- How many rows did replays duplicate in the lake, by day? The views count them once.
SELECT dt, count(*) AS rows_stored,
       count(*) - count(DISTINCT run_id || '/' || CAST(record_index AS varchar) || '/' || model_role) AS replays
FROM impressions
WHERE run_id IS NOT NULL
GROUP BY dt
ORDER BY dt
