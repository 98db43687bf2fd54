-- Which uploads do not count, because a newer upload of the same key is done?
SELECT DISTINCT t.run_id
FROM files t
LEFT JOIN v_files f ON f.run_id = t.run_id
WHERE t.run_id IS NOT NULL AND f.run_id IS NULL
