-- Which files are done (without duplicates)?
SELECT run_id, lane, dataset, source_bucket, source_key, source_etag, source_version_id, source_size, status,
       records_total, records_ok, records_failed, chunks, result_key, attempt, lambda_request_id,
       landed_at, started_at, finished_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id ORDER BY finished_at DESC, dt DESC) AS newest
  FROM files t
  WHERE run_id IS NOT NULL
)
WHERE newest = 1
