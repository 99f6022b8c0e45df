-- 人口 — 一行一人算作本区人口的一段，起止日都在内；时点数由期初、期末各数一次得来
WITH held AS (
  SELECT s."case", s.district, s.street, s.neighbourhood, s.base, 'register' AS origin, s.sex, s.born,
    CAST(NULL AS INTEGER) AS entered_age, s.household,
    greatest(s.since, s.born) AS since, least(s.until, add_days(s.died, -1)) AS until, 1 AS people
  FROM stays s
  UNION ALL
  SELECT "case", district, street, neighbourhood, base, 'entered', sex, CAST(NULL AS DATE), age,
    CAST(NULL AS VARCHAR), month_end, month_end, value
  FROM entered WHERE series = 'population')
SELECT
  "case",                                                  -- 人员键；录入的为合计的键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：户籍、常住、实有
  origin,                                                  -- 出处：register 由人员登记数得，entered 由录入的合计得
  sex,                                                     -- 性别（1男 2女，空为不详）
  born,                                                    -- 出生日期，空为不详
  entered_age,                                             -- 录入合计所写的周岁（五岁组写下限）
  household,                                               -- 户编号，空为不详
  since,                                                   -- 从哪天起；不早于出生
  until,                                                   -- 到哪天止；死亡当日已不计
  people                                                   -- 人数
FROM held
