-- How do the model versions score on normal and on abnormal reports?
SELECT dataset, model_role, stratum, metric, count(*) AS reports, avg(fmeasure) AS mean,
       stddev_samp(fmeasure) AS std, model_id, model_version, count(fmeasure) AS n,
       stddev_samp(fmeasure) / sqrt(count(fmeasure)) AS standard_error
FROM v_rouge
GROUP BY dataset, model_role, model_id, model_version, stratum, metric
