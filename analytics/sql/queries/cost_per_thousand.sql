-- What do a thousand drafts cost in busy endpoint time, without idle time?
-- parameters: price per instance hour
SELECT dt, model_role, model_version, endpoint_name, drafts, busy_ms / 1000E0 AS busy_seconds,
       1000E0 * busy_ms / drafts / 3600000E0 * CAST(? AS double) AS cost_per_thousand
FROM v_latency
ORDER BY dt DESC, model_role, model_version, endpoint_name
