-- How much did fine-tuning gain over the pre-trained model and the baselines, in points (hundredths
-- of F1)? One row per pair of versions, on the reports that just these two drafted (null: that role
-- drafted none of them). A gain covers only reports that both models have scores for.
-- v_paired has every pair of models, with standard errors and strata.
WITH report AS (
  SELECT dataset, metric, run_id, record_index, report_id,
         max(fmeasure) FILTER (WHERE model_role = 'pre-trained') AS pre_trained,
         max(fmeasure) FILTER (WHERE model_role = 'fine-tuned') AS fine_tuned,
         max(fmeasure) FILTER (WHERE model_role = 'baseline-constant') AS baseline_constant,
         max(fmeasure) FILTER (WHERE model_role = 'baseline-lead') AS baseline_lead,
         max(model_id) FILTER (WHERE model_role = 'fine-tuned') AS fine_tuned_id,
         max(model_version) FILTER (WHERE model_role = 'fine-tuned') AS fine_tuned_version,
         max(model_id) FILTER (WHERE model_role = 'pre-trained') AS pre_trained_id,
         max(model_version) FILTER (WHERE model_role = 'pre-trained') AS pre_trained_version
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
       100E0 * avg(fine_tuned - baseline_lead) AS over_lead_points,
       fine_tuned_id, fine_tuned_version, pre_trained_id, pre_trained_version,
       count(fine_tuned - pre_trained) AS gain_reports,
       100E0 * stddev_samp(fine_tuned - pre_trained) / sqrt(count(fine_tuned - pre_trained)) AS gain_standard_error
FROM report
GROUP BY dataset, metric, fine_tuned_id, fine_tuned_version, pre_trained_id, pre_trained_version
