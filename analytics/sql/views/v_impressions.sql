-- Which drafts exist (without duplicates)? Without those of uploads that newer ones have replaced.
SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version, r.endpoint_name,
       r.prompt_sha256, r.findings, r.reference_impression, r.generated_impression, r.stratum, r.flags, r.check_sentences, r.metadata,
       r.latency_ms, r.call_records, r.output_truncated, r.source_bucket, r.source_key, r.source_etag, r.source_version_id,
       r.generated_at, r.dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role ORDER BY generated_at DESC, dt DESC) AS newest
  FROM impressions t
  WHERE run_id IS NOT NULL
) r
LEFT JOIN v_replaced u ON u.run_id = r.run_id
WHERE r.newest = 1 AND u.run_id IS NULL
