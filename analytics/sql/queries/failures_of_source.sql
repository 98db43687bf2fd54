-- Which records of a source failed, and why?
-- parameters: source or dataset
SELECT dt, source_key, record_index, report_id, stage, error_type, error_message, retryable
FROM v_failures
WHERE dataset = ?
ORDER BY dt DESC, source_key, run_id, record_index, model_role, stage
LIMIT 500
