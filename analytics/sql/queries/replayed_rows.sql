-- How many rows are in the lake more than once, and so counted once by the views?
SELECT dt, count(*) AS rows_stored,
       count(*) - count(DISTINCT run_id || '/' || CAST(record_index AS varchar) || '/' || model_role) AS replays
FROM impressions
WHERE run_id IS NOT NULL
GROUP BY dt
ORDER BY dt
