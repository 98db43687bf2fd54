-- What is each model version's clinical F1, per report (mean) and over all facts (micro)? Means and
-- counts of facts leave out reports that cannot be compared. Strata are by the reference's facts, and
-- strata_agree is how often the older rule says the same.
SELECT dataset, model_role, model_id, model_version, count(*) AS reports, count(fmeasure) AS scored,
       avg(clinical_precision) AS mean_precision, avg(clinical_recall) AS mean_recall,
       avg(fmeasure) AS mean_f1, stddev_samp(fmeasure) / sqrt(count(fmeasure)) AS standard_error,
       avg(fmeasure) FILTER (WHERE facts_stratum = 'normal') AS mean_f1_normal,
       avg(fmeasure) FILTER (WHERE facts_stratum = 'abnormal') AS mean_f1_abnormal,
       CAST(sum(facts_common) FILTER (WHERE fmeasure IS NOT NULL) AS double)
         / nullif(sum(facts_draft) FILTER (WHERE fmeasure IS NOT NULL), 0) AS micro_precision,
       CAST(sum(facts_common) FILTER (WHERE fmeasure IS NOT NULL) AS double)
         / nullif(sum(facts_reference) FILTER (WHERE fmeasure IS NOT NULL), 0) AS micro_recall,
       2E0 * sum(facts_common) FILTER (WHERE fmeasure IS NOT NULL)
         / nullif(sum(facts_draft + facts_reference) FILTER (WHERE fmeasure IS NOT NULL), 0) AS micro_f1,
       avg(CASE WHEN stratum = facts_stratum THEN 1E0 ELSE 0E0 END) AS strata_agree,
       count(fmeasure) FILTER (WHERE facts_stratum = 'normal') AS scored_normal,
       stddev_samp(fmeasure) FILTER (WHERE facts_stratum = 'normal')
         / sqrt(count(fmeasure) FILTER (WHERE facts_stratum = 'normal')) AS standard_error_normal,
       count(fmeasure) FILTER (WHERE facts_stratum = 'abnormal') AS scored_abnormal,
       stddev_samp(fmeasure) FILTER (WHERE facts_stratum = 'abnormal')
         / sqrt(count(fmeasure) FILTER (WHERE facts_stratum = 'abnormal')) AS standard_error_abnormal,
       count(*) FILTER (WHERE facts_stratum = 'abnormal' AND draft_stratum = 'normal') AS normal_drafts_of_abnormal
FROM v_clinical
GROUP BY dataset, model_role, model_id, model_version
