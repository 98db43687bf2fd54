-- What do a thousand drafts cost? cost_per_thousand counts busy time alone, paid_per_thousand also
-- the hours in which an endpoint waits. A batch has no endpoint_name, and is paid for while its job
-- runs (docs/cost.md).
-- parameters: price per instance hour, instance hours a day of each endpoint, instances of a batch's job
SELECT dt, model_role, model_version, endpoint_name, drafts, busy_seconds,
       1000E0 * busy_seconds * instances * price / 3600E0 / drafts AS cost_per_thousand,
       CASE WHEN endpoint_name = '' THEN 1000E0 * busy_seconds * instances * price / 3600E0 / drafts
            ELSE 1000E0 * paid_hours * price / sum(drafts) OVER (PARTITION BY dt, endpoint_name)
            END AS paid_per_thousand,
       CASE WHEN endpoint_name <> ''
            THEN sum(busy_seconds) OVER (PARTITION BY dt, endpoint_name) / 3600E0 / paid_hours
            END AS busy_share
FROM (
  SELECT dt, model_role, model_version, endpoint_name, price, paid_hours,
         CASE WHEN endpoint_name = '' THEN job_instances ELSE 1E0 END AS instances,
         count(*) AS drafts, sum(latency_ms / coalesce(call_records, 1)) / 1000E0 AS busy_seconds
  FROM v_impressions
  CROSS JOIN (
    SELECT CAST(? AS double) AS price, CAST(? AS double) AS paid_hours,
           CAST(? AS double) AS job_instances
  )
  WHERE endpoint_name <> '' OR (latency_ms > 0E0 AND call_records IS NOT NULL)
  GROUP BY dt, model_role, model_version, endpoint_name, price, paid_hours, job_instances
)
ORDER BY dt DESC, model_role, endpoint_name, model_version
