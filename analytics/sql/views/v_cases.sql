-- What did the radiologist and each model write about the findings, and how close are they?
-- Contains report text.
SELECT i.run_id, i.record_index, i.report_id, i.lane, i.dataset, i.model_role, i.model_id,
       i.model_version, i.stratum, s.rouge1, s.rouge2, s.rougel, s.rougelsum,
       i.findings, i.reference_impression, i.generated_impression, i.output_truncated,
       i.flags, i.check_sentences, c.fmeasure AS clinical_f1, c.facts_stratum, c.draft_stratum,
       i.source_key, i.generated_at, i.dt
FROM v_impressions i
LEFT JOIN (
  SELECT run_id, record_index, report_id, model_role,
         max(fmeasure) FILTER (WHERE metric = 'rouge1') AS rouge1,
         max(fmeasure) FILTER (WHERE metric = 'rouge2') AS rouge2,
         max(fmeasure) FILTER (WHERE metric = 'rougeL') AS rougel,
         max(fmeasure) FILTER (WHERE metric = 'rougeLsum') AS rougelsum
  FROM v_rouge
  GROUP BY run_id, record_index, report_id, model_role
) s ON s.run_id = i.run_id AND s.record_index = i.record_index AND s.report_id = i.report_id
   AND s.model_role = i.model_role
LEFT JOIN v_clinical c ON c.run_id = i.run_id AND c.record_index = i.record_index AND c.report_id = i.report_id
   AND c.model_role = i.model_role
