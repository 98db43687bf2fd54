-- How many files and records arrived per day and source, and how many records failed?
SELECT dt, lane, dataset, count(*) AS files, sum(records_total) AS records,
       sum(records_ok) AS impressions, sum(records_failed) AS failed,
       sum(source_size) AS bytes
FROM v_files
GROUP BY dt, lane, dataset
