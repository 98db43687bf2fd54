-- How much came in each day, from which source, and how did it end?
SELECT dt, lane, dataset, count(*) AS files, sum(records_total) AS records,
       sum(records_ok) AS impressions, sum(records_failed) AS failed,
       sum(source_size) AS bytes
FROM v_files
GROUP BY dt, lane, dataset
