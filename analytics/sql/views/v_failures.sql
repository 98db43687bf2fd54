-- Which records failed (without duplicates)? Without those of uploads that newer ones have replaced.
SELECT r.run_id, r.lane, r.dataset, r.record_index, r.report_id, r.model_role, r.stage, r.error_type, r.error_message, r.retryable,
       r.source_bucket, r.source_key, r.source_etag, r.source_version_id, r.failed_at, r.dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, stage ORDER BY failed_at DESC, dt DESC) AS newest
  FROM failures t
  WHERE run_id IS NOT NULL
) r
LEFT JOIN v_replaced u ON u.run_id = r.run_id
WHERE r.newest = 1 AND u.run_id IS NULL
