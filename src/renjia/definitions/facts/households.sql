-- 家庭户 — 一行一户存续的一段，从第一个人算起到最后一个人为止；户编号为空的不成户
WITH held AS (
  SELECT h.household, h.base, h.origin, min(h.neighbourhood) AS neighbourhood, min(h.since) AS since, max(h.until) AS until
  FROM population h WHERE h.household IS NOT NULL AND h.since <= h.until GROUP BY h.household, h.base, h.origin)
SELECT
  household AS "case",                                     -- 户编号
  substr(neighbourhood, 1, 6) AS district,                 -- 区
  substr(neighbourhood, 1, 9) AS street,                   -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：常住、实有
  origin,                                                  -- 出处：register 由登记数得
  since,                                                   -- 从哪天起
  until,                                                   -- 到哪天止
  1 AS houses                                              -- 户数
FROM held
