-- What are the box plot statistics of each model version? Quartiles, whiskers (the last score within
-- 1.5 interquartile ranges of the box) and the number of outliers.
SELECT d.dataset, d.model_role, d.metric, d.count, d.mean,
       min(s.fmeasure) FILTER (WHERE s.fmeasure >= d.p25 - 1.5E0 * (d.p75 - d.p25)) AS low_whisker,
       d.p25, d.p50, d.p75,
       max(s.fmeasure) FILTER (WHERE s.fmeasure <= d.p75 + 1.5E0 * (d.p75 - d.p25)) AS high_whisker,
       count(*) FILTER (WHERE s.fmeasure < d.p25 - 1.5E0 * (d.p75 - d.p25)
                           OR s.fmeasure > d.p75 + 1.5E0 * (d.p75 - d.p25)) AS outliers,
       d.model_id, d.model_version, d.standard_error
FROM v_rouge_describe d
JOIN v_rouge s ON coalesce(s.dataset, '') = coalesce(d.dataset, '')
  AND coalesce(s.model_role, '') = coalesce(d.model_role, '') AND coalesce(s.model_id, '') = coalesce(d.model_id, '')
  AND coalesce(s.model_version, '') = coalesce(d.model_version, '') AND coalesce(s.metric, '') = coalesce(d.metric, '')
GROUP BY d.dataset, d.model_role, d.metric, d.count, d.mean, d.p25, d.p50, d.p75, d.model_id, d.model_version,
         d.standard_error
