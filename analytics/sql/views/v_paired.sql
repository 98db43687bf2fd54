-- How far apart are two models on the reports that both have scores for? Each model version against
-- each version of another role: number of pairs, mean difference of F1 and its standard error, over
-- all and by stratum. Every pair is there in both directions.
WITH score AS (
  SELECT dataset, metric, run_id, record_index, report_id, model_role, model_id, model_version, stratum, fmeasure
  FROM v_rouge
  WHERE fmeasure IS NOT NULL
), pair AS (
  SELECT a.dataset, a.metric, a.model_role, a.model_id, a.model_version,
         b.model_role AS other_role, b.model_id AS other_id, b.model_version AS other_version,
         a.stratum, a.fmeasure, b.fmeasure AS other_fmeasure, a.fmeasure - b.fmeasure AS difference
  FROM score a
  JOIN score b ON b.run_id = a.run_id AND b.record_index = a.record_index AND b.report_id = a.report_id
    AND b.metric = a.metric AND b.model_role <> a.model_role
)
SELECT dataset, metric, model_role, model_id, model_version, other_role, other_id, other_version,
       count(*) AS n, avg(fmeasure) AS mean, avg(other_fmeasure) AS other_mean, avg(difference) AS mean_difference,
       stddev_samp(difference) AS std, stddev_samp(difference) / sqrt(count(*)) AS standard_error,
       count(*) FILTER (WHERE stratum = 'normal') AS n_normal,
       avg(difference) FILTER (WHERE stratum = 'normal') AS mean_difference_normal,
       stddev_samp(difference) FILTER (WHERE stratum = 'normal')
         / sqrt(count(*) FILTER (WHERE stratum = 'normal')) AS standard_error_normal,
       count(*) FILTER (WHERE stratum = 'abnormal') AS n_abnormal,
       avg(difference) FILTER (WHERE stratum = 'abnormal') AS mean_difference_abnormal,
       stddev_samp(difference) FILTER (WHERE stratum = 'abnormal')
         / sqrt(count(*) FILTER (WHERE stratum = 'abnormal')) AS standard_error_abnormal
FROM pair
GROUP BY dataset, metric, model_role, model_id, model_version, other_role, other_id, other_version
