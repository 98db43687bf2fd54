-- How did the losses of each training job develop, step by step?
SELECT training_job_name, model_id, model_version, metric_name, step, epoch, value, observed_at, dt
FROM (
  SELECT t.*, row_number() OVER (PARTITION BY training_job_name, metric_name, step, epoch, observed_at ORDER BY observed_at DESC, dt DESC) AS newest
  FROM training_metrics t
  WHERE training_job_name IS NOT NULL
)
WHERE newest = 1
