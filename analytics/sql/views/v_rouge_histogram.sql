-- How many reports of each model version are in each score range? Twenty bins of 0.05; a score of 1
-- is in the last bin.
SELECT dataset, model_role, metric, (bin - 1) / 20E0 AS bin_from, bin / 20E0 AS bin_to,
       count(*) AS reports, model_id, model_version,
       count(*) FILTER (WHERE stratum = 'normal') AS reports_normal,
       count(*) FILTER (WHERE stratum = 'abnormal') AS reports_abnormal
FROM (
  SELECT dataset, model_role, model_id, model_version, metric, stratum,
         least(width_bucket(fmeasure, 0, 1, 20), 20) AS bin
  FROM v_rouge
  WHERE fmeasure IS NOT NULL
)
GROUP BY dataset, model_role, model_id, model_version, metric, bin
