-- What is each model version's mean score per dataset, overall and on normal and abnormal reports?
-- Standard errors and numbers of scores are those of ROUGE-1, unless named otherwise.
SELECT dataset, model_role,
       count(*) FILTER (WHERE metric = 'rouge1') AS reports,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1') AS rouge1,
       avg(fmeasure) FILTER (WHERE metric = 'rouge2') AS rouge2,
       avg(fmeasure) FILTER (WHERE metric = 'rougeL') AS rougel,
       avg(fmeasure) FILTER (WHERE metric = 'rougeLsum') AS rougelsum,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal') AS rouge1_normal,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal') AS rouge1_abnormal,
       model_id, model_version,
       count(fmeasure) FILTER (WHERE metric = 'rouge1') AS n,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rouge1')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rouge1')) AS standard_error,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rouge2')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rouge2')) AS rouge2_standard_error,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rougeL')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rougeL')) AS rougel_standard_error,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rougeLsum')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rougeLsum')) AS rougelsum_standard_error,
       count(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal') AS n_normal,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal')) AS standard_error_normal,
       count(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal') AS n_abnormal,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal')) AS standard_error_abnormal
FROM v_rouge
GROUP BY dataset, model_role, model_id, model_version
