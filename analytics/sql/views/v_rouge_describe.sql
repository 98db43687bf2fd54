-- How are the scores of each model version distributed? Like pandas' describe(): exact quartiles with
-- linear interpolation (Athena has no percentile_cont, and approx_percentile is not exact). v_strata
-- splits them into normal and abnormal reports.
SELECT dataset, model_role, metric, n AS count, mean, std, a[1] AS min,
       a[q1 + 1] + (h1 - q1) * (a[least(q1 + 2, n)] - a[q1 + 1]) AS p25,
       a[q2 + 1] + (h2 - q2) * (a[least(q2 + 2, n)] - a[q2 + 1]) AS p50,
       a[q3 + 1] + (h3 - q3) * (a[least(q3 + 2, n)] - a[q3 + 1]) AS p75,
       a[n] AS max,
       model_id, model_version, std / sqrt(n) AS standard_error
FROM (
  SELECT g.*, (n - 1) * 0.25E0 AS h1, (n - 1) * 0.5E0 AS h2, (n - 1) * 0.75E0 AS h3,
         CAST(floor((n - 1) * 0.25E0) AS bigint) AS q1,
         CAST(floor((n - 1) * 0.5E0) AS bigint) AS q2,
         CAST(floor((n - 1) * 0.75E0) AS bigint) AS q3
  FROM (
    SELECT dataset, model_role, model_id, model_version, metric, count(*) AS n, avg(fmeasure) AS mean,
           stddev_samp(fmeasure) AS std, array_agg(fmeasure ORDER BY fmeasure) AS a
    FROM v_rouge
    WHERE fmeasure IS NOT NULL
    GROUP BY dataset, model_role, model_id, model_version, metric
  ) g
)
