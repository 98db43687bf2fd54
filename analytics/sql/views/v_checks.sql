-- Which flags do drafts have (without duplicates)? Those of a draft's newest check alone: one that is
-- older may have found more. A checked draft without any has one row, whose flag is null. Without
-- those of uploads that newer ones have replaced.
SELECT r.report_id, r.run_id, r.record_index, r.lane, r.dataset, r.model_role, r.model_id, r.model_version, r.stratum,
       r.flag_index, r.flag, r.findings_spans, r.draft_spans, r.checker, r.source_key, r.checked_at, r.dt
FROM (
  SELECT t.*,
         rank() OVER (PARTITION BY run_id, record_index, report_id, model_role
                      ORDER BY checked_at DESC, dt DESC, model_version DESC, model_id DESC, checker DESC) AS newest,
         row_number() OVER (PARTITION BY run_id, record_index, report_id, model_role, flag_index
                            ORDER BY checked_at DESC, dt DESC, model_version DESC, model_id DESC, checker DESC, flag) AS copy
  FROM checks t
  WHERE run_id IS NOT NULL
) r
LEFT JOIN v_replaced u ON u.run_id = r.run_id
WHERE r.newest = 1 AND r.copy = 1 AND u.run_id IS NULL
