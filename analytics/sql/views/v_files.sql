-- Which files are done (without duplicates)? A key that was uploaded several times is one file: its
-- newest upload that is done, and among uploads of the same second the one finished last.
SELECT run_id, lane, dataset, source_bucket, source_key, source_etag, source_version_id, source_size, status,
       records_total, records_ok, records_failed, chunks, result_key, attempt, lambda_request_id,
       landed_at, started_at, finished_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY source_bucket, source_key
                                 ORDER BY landed_at DESC, finished_at DESC, dt DESC, run_id DESC) AS newest
  FROM files t
  WHERE run_id IS NOT NULL
)
WHERE newest = 1
