-- What is each model's mean score per dataset, overall and on normal and abnormal reports?
SELECT dataset, model_role,
       count(*) FILTER (WHERE metric = 'rouge1') AS reports,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1') AS rouge1,
       avg(fmeasure) FILTER (WHERE metric = 'rouge2') AS rouge2,
       avg(fmeasure) FILTER (WHERE metric = 'rougeL') AS rougel,
       avg(fmeasure) FILTER (WHERE metric = 'rougeLsum') AS rougelsum,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'normal') AS rouge1_normal,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1' AND stratum = 'abnormal') AS rouge1_abnormal
FROM v_rouge
GROUP BY dataset, model_role
