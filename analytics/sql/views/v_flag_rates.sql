-- How many checked drafts of each source, model and version have which flag (null: none at all)? A
-- rate has a standard error; drafts whose report has no reference belong to no stratum.
WITH flagged AS (
  SELECT lane, dataset, model_role, model_id, model_version, stratum, run_id, record_index, report_id, flag,
         min(flag_index) AS first_index
  FROM v_checks
  GROUP BY lane, dataset, model_role, model_id, model_version, stratum, run_id, record_index, report_id, flag
), counted AS (
  SELECT lane, dataset, model_role, model_id, model_version, flag, count(*) AS flagged,
         count(*) FILTER (WHERE stratum = 'normal') AS flagged_normal,
         count(*) FILTER (WHERE stratum = 'abnormal') AS flagged_abnormal,
         count(*) FILTER (WHERE first_index = 0) AS firsts,
         count(*) FILTER (WHERE first_index = 0 AND stratum = 'normal') AS firsts_normal,
         count(*) FILTER (WHERE first_index = 0 AND stratum = 'abnormal') AS firsts_abnormal
  FROM flagged
  GROUP BY lane, dataset, model_role, model_id, model_version, flag
), rated AS (
  SELECT c.*,
         sum(firsts) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version) AS drafts,
         sum(firsts_normal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version) AS drafts_normal,
         sum(firsts_abnormal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version) AS drafts_abnormal
  FROM counted c
)
SELECT lane, dataset, model_role, model_id, model_version, flag, drafts, flagged,
       CAST(flagged AS double) / nullif(drafts, 0) AS rate,
       sqrt(CAST(flagged AS double) * (drafts - flagged) / nullif(drafts, 0)) / nullif(drafts, 0) AS standard_error,
       drafts_normal, flagged_normal, CAST(flagged_normal AS double) / nullif(drafts_normal, 0) AS rate_normal,
       drafts_abnormal, flagged_abnormal, CAST(flagged_abnormal AS double) / nullif(drafts_abnormal, 0) AS rate_abnormal
FROM rated
