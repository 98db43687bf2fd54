-- Which drafts of a source have which flags? The dangerous ones first (wrong_side, contradicted,
-- normal_draft_abnormal_findings), then the newest. Spans are places in both texts.
-- parameters: source or dataset
SELECT dt, source_key, record_index, report_id, model_role, model_version, stratum, flag, findings_spans, draft_spans
FROM v_checks
WHERE dataset = ? AND flag IS NOT NULL
ORDER BY CASE WHEN flag IN ('wrong_side', 'contradicted', 'normal_draft_abnormal_findings') THEN 0 ELSE 1 END,
         dt DESC, source_key, run_id, record_index, model_role, flag_index
LIMIT 500
