-- What did every model write for one report? Contains report text.
-- parameters: report id
SELECT dataset, model_role, model_version, rouge1, findings, reference_impression, generated_impression
FROM v_cases
WHERE report_id = ?
ORDER BY dataset, run_id, record_index, model_role
