-- How did each model version score, and when was it in use?
SELECT model_role, model_id, model_version, dataset, min(dt) AS first_day, max(dt) AS last_day,
       count(*) FILTER (WHERE metric = 'rouge1') AS reports,
       avg(fmeasure) FILTER (WHERE metric = 'rouge1') AS rouge1,
       avg(fmeasure) FILTER (WHERE metric = 'rouge2') AS rouge2,
       avg(fmeasure) FILTER (WHERE metric = 'rougeL') AS rougel,
       avg(fmeasure) FILTER (WHERE metric = 'rougeLsum') AS rougelsum
FROM v_rouge
GROUP BY model_role, model_id, model_version, dataset
