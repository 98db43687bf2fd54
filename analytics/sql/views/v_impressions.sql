-- Which drafts exist (without duplicates)? A file that arrived twice, even on different days,
-- counts once.
SELECT report_id, run_id, record_index, lane, dataset, model_role, model_id, model_version, endpoint_name,
       prompt_sha256, findings, reference_impression, generated_impression, stratum, flags, metadata,
       latency_ms, call_records, output_truncated, source_bucket, source_key, source_etag, source_version_id,
       generated_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role ORDER BY generated_at DESC, dt DESC) AS newest
  FROM impressions t
  WHERE run_id IS NOT NULL
)
WHERE newest = 1
