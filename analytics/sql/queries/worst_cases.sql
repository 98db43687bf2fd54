-- Which drafts of a model are farthest from the radiologist's impression? Contains report text.
-- parameters: dataset, model role
SELECT report_id, stratum, rouge1, findings, reference_impression, generated_impression, source_key
FROM v_cases
WHERE dataset = ? AND model_role = ? AND rouge1 IS NOT NULL
ORDER BY rouge1, report_id, run_id, record_index
LIMIT 50
