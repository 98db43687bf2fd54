-- How did each model version score, and when was it in use?
SELECT model_role, model_id, model_version, dataset, min(dt) AS first_day, max(dt) AS last_day,
       count(*) FILTER (WHERE metric = 'rouge1') AS reports,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1') AS rouge1,
       avg(fmeasure) FILTER (WHERE metric = 'rouge2') AS rouge2,
       avg(fmeasure) FILTER (WHERE metric = 'rougeL') AS rougel,
       avg(fmeasure) FILTER (WHERE metric = 'rougeLsum') AS rougelsum,
       count(fmeasure) FILTER (WHERE metric = 'rouge1') AS n,
       stddev_samp(fmeasure) FILTER (WHERE metric = 'rouge1')
         / sqrt(count(fmeasure) FILTER (WHERE metric = 'rouge1')) AS standard_error,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal') AS rouge1_normal,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal') AS rouge1_abnormal
FROM v_rouge
GROUP BY model_role, model_id, model_version, dataset
