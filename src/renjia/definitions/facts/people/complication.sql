-- 手术并发症 — 一行一个鉴定过计划生育手术并发症的人，截至当日
WITH ordered AS (
  SELECT d.person, CAST(d.grade AS INTEGER) AS grade, d."from", d."to", min(d."from") OVER (PARTITION BY d.person) AS first_on,
    row_number() OVER (PARTITION BY d.person ORDER BY d."from" DESC NULLS LAST, d."to" DESC NULLS FIRST, d.grade) AS nth
  FROM disability d CROSS JOIN asked q WHERE d.type = 'complication' AND (d."from" IS NULL OR d."from" <= q.today))
SELECT
  o.person AS id,                                      -- 本人
  o.grade,                                             -- 最近一次鉴定的等级（1 最重）
  o.first_on AS since,                                 -- 首次鉴定之日
  CASE WHEN o."to" < q.today THEN o."to" END AS ended  -- 治愈、康复或失效前的最后一日，空为仍有效
FROM ordered o CROSS JOIN asked q WHERE o.nth = 1
