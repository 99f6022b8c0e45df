-- 婚姻状况 — 一行一人处在一种婚姻状况的一段，起止日都在内；按婚姻登记推得，没有登记的算未婚
WITH spouses AS (
  SELECT a AS person, "from", "to" FROM marriage WHERE known_to IS NULL
  UNION ALL SELECT b, "from", "to" FROM marriage WHERE known_to IS NULL),
ordered AS (
  SELECT person, "from", coalesce("to", DATE '2999-12-31') AS "to",
    lead("from") OVER (PARTITION BY person ORDER BY "from") AS next,
    row_number() OVER (PARTITION BY person ORDER BY "from") AS nth
  FROM spouses WHERE "from" IS NOT NULL),
states AS (
  SELECT person, 'married' AS status, "from" AS since, least("to", add_days(next, -1)) AS until FROM ordered
  UNION ALL SELECT person, 'formerly', add_days("to", 1), coalesce(add_days(next, -1), DATE '2999-12-31')
    FROM ordered WHERE "to" < DATE '2999-12-31'
  UNION ALL SELECT p.person, 'single', DATE '1800-01-01', coalesce(add_days(o."from", -1), DATE '2999-12-31')
    FROM person p LEFT JOIN ordered o ON o.person = p.person AND o.nth = 1 WHERE p.known_to IS NULL),
held AS (
  SELECT h."case", h.district, h.street, h.neighbourhood, h.base, h.origin, h.sex, h.born, h.entered_age, s.status,
    greatest(h.since, s.since) AS since, least(h.until, s.until) AS until, h.people
  FROM population h JOIN states s ON s.person = h."case" AND s.since <= h.until AND s.until >= h.since
  WHERE h.origin = 'register')
SELECT
  "case",                                                  -- 人员键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：户籍、常住、实有
  origin,                                                  -- 出处：register 由登记数得
  sex,                                                     -- 性别（1男 2女，空为不详）
  born,                                                    -- 出生日期，空为不详
  entered_age,                                             -- 录入合计所写的周岁（这里总是空）
  status,                                                  -- 婚姻状况：single 未婚、married 有配偶、formerly 离异或丧偶
  since,                                                   -- 从哪天起
  until,                                                   -- 到哪天止
  people                                                   -- 人数
FROM held
