-- How many checked drafts of each source, model and version have which flag?
WITH draft AS (
  SELECT lane, dataset, model_role, model_id, model_version,
         count(*) FILTER (WHERE flag_index = 0) AS drafts
  FROM v_checks
  GROUP BY lane, dataset, model_role, model_id, model_version
), flagged AS (
  SELECT lane, dataset, model_role, model_id, model_version, flag,
         count(DISTINCT run_id || '/' || CAST(record_index AS varchar)) AS flagged
  FROM v_checks
  WHERE flag IS NOT NULL
  GROUP BY lane, dataset, model_role, model_id, model_version, flag
)
SELECT d.lane, d.dataset, d.model_role, d.model_id, d.model_version, f.flag, d.drafts, f.flagged,
       CAST(f.flagged AS double) / d.drafts AS rate
FROM draft d
JOIN flagged f ON f.lane = d.lane AND f.dataset = d.dataset AND f.model_role = d.model_role
  AND f.model_id = d.model_id AND f.model_version = d.model_version
