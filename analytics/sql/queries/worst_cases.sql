-- Which drafts of a model are the most dangerous, and then the farthest from the radiologist's
-- impression? `danger` counts the flags wrong_side, contradicted and normal_draft_abnormal_findings,
-- and a normal draft of an abnormal report. Contains report text.
-- parameters: dataset, model role
SELECT report_id, stratum, rouge1, findings, reference_impression, generated_impression, source_key,
       model_version, danger, flags, check_sentences, clinical_f1
FROM (
  SELECT c.*,
         coalesce(cardinality(array_intersect(
           flags, ARRAY['wrong_side', 'contradicted', 'normal_draft_abnormal_findings'])), 0)
         + CASE WHEN facts_stratum = 'abnormal' AND draft_stratum = 'normal' THEN 1 ELSE 0 END AS danger
  FROM v_cases c
  WHERE dataset = ? AND model_role = ?
)
WHERE rouge1 IS NOT NULL OR danger > 0
ORDER BY danger DESC, clinical_f1, rouge1, report_id, run_id, record_index
LIMIT 50
