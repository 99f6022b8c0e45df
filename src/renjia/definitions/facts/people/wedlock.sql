-- 婚姻状况 — 一行一个有婚姻记录的人，截至当日
WITH counts AS (SELECT id, count(*) AS times, min(since) AS first_since FROM union_span GROUP BY id),
ranked AS (
  SELECT u.id, u.spouse, u.spouse_sex, u.spouse_born, u.since, u.until, u.ended, u.reason, 1 AS nth, 1 AS times, u.since AS first_since
  FROM union_span u JOIN counts c ON c.id = u.id WHERE c.times = 1
  UNION ALL
  SELECT u.id, u.spouse, u.spouse_sex, u.spouse_born, u.since, u.until, u.ended, u.reason,
    row_number() OVER (PARTITION BY u.id ORDER BY u.ended, u.since DESC NULLS LAST, u.spouse), c.times, c.first_since
  FROM union_span u JOIN counts c ON c.id = u.id WHERE c.times > 1)
SELECT
  id,                                                  -- 本人
  NOT ended AS married,                                -- 当日是否有配偶
  CASE WHEN NOT ended THEN spouse END AS spouse,       -- 当日配偶
  CASE WHEN NOT ended THEN spouse_sex END AS spouse_sex, -- 当日配偶性别
  CASE WHEN NOT ended THEN spouse_born END AS spouse_born, -- 当日配偶出生日期
  since AS married_on,                                 -- 最近一段婚姻的登记日
  CASE WHEN ended THEN until END AS single_since,      -- 离婚或丧偶之日，空为在婚或不详
  CASE WHEN ended THEN reason END AS single_by,        -- 单身原因（divorce 离婚、death 丧偶）
  first_since AS first_married_on,                     -- 初次结婚登记日
  CAST(times AS SMALLINT) AS marriages                                   -- 结婚次数
FROM ranked WHERE nth = 1
