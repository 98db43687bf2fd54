-- How long do endpoint calls take, and how busy is the endpoint? Exact percentiles (nearest rank)
-- over drafts, in milliseconds. busy_ms counts a call shared by several records once. Baselines and
-- batches make no calls.
SELECT dt, model_role, model_version, endpoint_name, n AS drafts, mean_ms,
       a[CAST(ceil(n * 0.5E0) AS bigint)] AS p50_ms,
       a[CAST(ceil(n * 0.95E0) AS bigint)] AS p95_ms,
       a[CAST(ceil(n * 0.99E0) AS bigint)] AS p99_ms,
       a[n] AS max_ms, busy_ms
FROM (
  SELECT dt, model_role, model_version, endpoint_name, count(*) AS n, avg(latency_ms) AS mean_ms,
         array_agg(latency_ms ORDER BY latency_ms) AS a,
         sum(latency_ms / coalesce(call_records, 1)) AS busy_ms
  FROM v_impressions
  WHERE latency_ms IS NOT NULL AND endpoint_name <> ''
  GROUP BY dt, model_role, model_version, endpoint_name
)
