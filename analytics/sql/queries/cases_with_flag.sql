-- Which drafts of a source have this flag, and why? Contains report text.
-- parameters: source or dataset, flag
SELECT k.dt, k.report_id, k.model_role, k.model_version, k.stratum,
       element_at(i.check_sentences, k.flag_index + 1) AS reason,
       i.findings, i.reference_impression, i.generated_impression, k.source_key, k.record_index
FROM v_checks k
JOIN v_impressions i ON i.run_id = k.run_id AND i.record_index = k.record_index AND i.report_id = k.report_id
  AND i.model_role = k.model_role
WHERE k.dataset = ? AND k.flag = ?
ORDER BY k.dt DESC, k.source_key, k.run_id, k.record_index, k.model_role, k.flag_index
LIMIT 200
