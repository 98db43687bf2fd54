-- How do the models score on normal and on abnormal reports?
SELECT dataset, model_role, stratum, metric, count(*) AS reports, avg(fmeasure) AS mean,
       stddev_samp(fmeasure) AS std
FROM v_rouge
GROUP BY dataset, model_role, stratum, metric
