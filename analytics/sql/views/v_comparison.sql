-- How much did fine-tuning gain over the pre-trained model and the baselines, in points (hundredths
-- of F1)? A gain covers only reports that both models have scores for.
WITH report AS (
  SELECT dataset, metric, run_id, record_index, report_id,
         max(fmeasure) FILTER (WHERE model_role = 'pre-trained') AS pre_trained,
         max(fmeasure) FILTER (WHERE model_role = 'fine-tuned') AS fine_tuned,
         max(fmeasure) FILTER (WHERE model_role = 'baseline-constant') AS baseline_constant,
         max(fmeasure) FILTER (WHERE model_role = 'baseline-lead') AS baseline_lead
  FROM v_rouge
  GROUP BY dataset, metric, run_id, record_index, report_id
)
SELECT dataset, metric, count(*) AS reports,
       avg(pre_trained) AS pre_trained,
       avg(fine_tuned) AS fine_tuned,
       avg(baseline_constant) AS baseline_constant,
       avg(baseline_lead) AS baseline_lead,
       100E0 * avg(fine_tuned - pre_trained) AS gain_points,
       100E0 * avg(fine_tuned - baseline_constant) AS over_constant_points,
       100E0 * avg(fine_tuned - baseline_lead) AS over_lead_points
FROM report
GROUP BY dataset, metric
