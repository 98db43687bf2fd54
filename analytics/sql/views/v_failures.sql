-- Which records failed (without duplicates)?
SELECT run_id, lane, dataset, record_index, report_id, model_role, stage, error_type, error_message, retryable,
       source_bucket, source_key, source_etag, source_version_id, failed_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, stage ORDER BY failed_at DESC, dt DESC) AS newest
  FROM failures t
  WHERE run_id IS NOT NULL
)
WHERE newest = 1
