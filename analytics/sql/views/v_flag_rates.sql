-- How many checked drafts of each source, model and version have which flag (null: none at all)? Rates
-- are shares of the drafts that could be compared with their findings; that of not_checked, of all. By
-- checker: a check that did not run has no flags either. Drafts without a reference belong to no stratum.
WITH flagged AS (
  SELECT lane, dataset, model_role, model_id, model_version, checker, stratum, run_id, record_index, report_id, flag,
         min(flag_index) AS first_index
  FROM v_checks
  GROUP BY lane, dataset, model_role, model_id, model_version, checker, stratum, run_id, record_index, report_id, flag
), marked AS (
  SELECT f.*,
         max(CASE WHEN flag = 'not_checked' THEN 1 ELSE 0 END)
           OVER (PARTITION BY run_id, record_index, report_id, model_role) AS unread
  FROM flagged f
), counted AS (
  SELECT lane, dataset, model_role, model_id, model_version, checker, flag,
         count(*) FILTER (WHERE unread = 0 OR flag = 'not_checked') AS flagged,
         count(*) FILTER (WHERE (unread = 0 OR flag = 'not_checked') AND stratum = 'normal') AS flagged_normal,
         count(*) FILTER (WHERE (unread = 0 OR flag = 'not_checked') AND stratum = 'abnormal') AS flagged_abnormal,
         count(*) FILTER (WHERE first_index = 0) AS all_firsts,
         count(*) FILTER (WHERE first_index = 0 AND stratum = 'normal') AS all_normal,
         count(*) FILTER (WHERE first_index = 0 AND stratum = 'abnormal') AS all_abnormal,
         count(*) FILTER (WHERE first_index = 0 AND unread = 0) AS read_firsts,
         count(*) FILTER (WHERE first_index = 0 AND unread = 0 AND stratum = 'normal') AS read_normal,
         count(*) FILTER (WHERE first_index = 0 AND unread = 0 AND stratum = 'abnormal') AS read_abnormal
  FROM marked
  GROUP BY lane, dataset, model_role, model_id, model_version, checker, flag
), summed AS (
  SELECT c.*,
         sum(all_firsts) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS drafts,
         sum(all_normal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS drafts_normal,
         sum(all_abnormal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS drafts_abnormal,
         sum(read_firsts) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS compared,
         sum(read_normal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS compared_normal,
         sum(read_abnormal) OVER (PARTITION BY lane, dataset, model_role, model_id, model_version, checker) AS compared_abnormal
  FROM counted c
), rated AS (
  SELECT s.*,
         nullif(CASE WHEN flag = 'not_checked' THEN drafts ELSE compared END, 0) AS n,
         nullif(CASE WHEN flag = 'not_checked' THEN drafts_normal ELSE compared_normal END, 0) AS n_normal,
         nullif(CASE WHEN flag = 'not_checked' THEN drafts_abnormal ELSE compared_abnormal END, 0) AS n_abnormal
  FROM summed s
)
SELECT lane, dataset, model_role, model_id, model_version, flag, drafts, flagged,
       CAST(flagged AS double) / n AS rate,
       sqrt(CAST(flagged AS double) * (n - flagged) / n) / n AS standard_error,
       drafts_normal, flagged_normal, CAST(flagged_normal AS double) / n_normal AS rate_normal,
       drafts_abnormal, flagged_abnormal, CAST(flagged_abnormal AS double) / n_abnormal AS rate_abnormal,
       checker, compared, compared_normal, compared_abnormal
FROM rated
