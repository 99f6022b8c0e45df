-- 结婚离婚 — 一行一方的一次结婚或离婚，按登记的月份；一对只在一方名下计一对
WITH couples AS (
  SELECT m.a || '~' || m.b || '~' || CAST(m."from" AS VARCHAR) AS couple, m.a, m.b, m."from", m."to", m."end"
  FROM marriage m WHERE m.known_to IS NULL AND m."from" IS NOT NULL),
events AS (
  SELECT couple, 'marriage' AS kind, a AS person, 1 AS side, "from" AS happened FROM couples
  UNION ALL SELECT couple, 'marriage', b, 2, "from" FROM couples
  UNION ALL SELECT couple, 'divorce', a, 1, "to" FROM couples WHERE "end" = 'divorce' AND "to" IS NOT NULL
  UNION ALL SELECT couple, 'divorce', b, 2, "to" FROM couples WHERE "end" = 'divorce' AND "to" IS NOT NULL),
numbered AS (
  SELECT couple, kind, person, side, happened,
    row_number() OVER (PARTITION BY person, kind ORDER BY happened, couple) AS nth
  FROM events),
held AS (
  SELECT n.couple, s."case", s.district, s.street, s.neighbourhood, strftime(n.happened, '%Y-%m') AS month,
    strftime(n.happened, '%Y-%m') AS first_month, s.base, 'register' AS origin, n.kind, s.sex,
    n.kind = 'marriage' AND n.nth = 1 AS first,
    year(n.happened) - year(s.born) - CASE WHEN month(n.happened) * 100 + day(n.happened) < month(s.born) * 100 + day(s.born)
      THEN 1 ELSE 0 END AS age,
    CASE WHEN row_number() OVER (PARTITION BY n.couple, n.kind, s.base ORDER BY n.side, s.since) = 1 THEN 1 ELSE 0 END AS pairs,
    1 AS people
  FROM numbered n JOIN stays s ON s."case" = n.person AND n.happened BETWEEN s.since AND s.until
  UNION ALL
  SELECT "case", "case", district, street, neighbourhood, month, first_month, base, 'entered',
    CASE series WHEN 'marriages' THEN 'marriage' ELSE 'divorce' END, CAST(NULL AS VARCHAR), CAST(NULL AS BOOLEAN),
    CAST(NULL AS INTEGER), value, 0
  FROM entered WHERE series IN ('marriages', 'divorces'))
SELECT
  "case",                                                  -- 人员键；录入的为合计的键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  month,                                                   -- 登记的月份；录入的为所属期的末月
  first_month,                                             -- 同上；录入的为所属期的首月
  base,                                                    -- 口径（本人当时）：户籍、常住、实有
  origin,                                                  -- 出处：register 由登记数得，entered 由录入的合计得
  kind,                                                    -- 登记：marriage 结婚、divorce 离婚
  sex,                                                     -- 性别（1男 2女，空为不详）
  first,                                                   -- 是否初婚
  age,                                                     -- 登记时周岁，空为不详
  coalesce(age < CASE sex WHEN '1' THEN 22 WHEN '2' THEN 20 END, FALSE) AS too_young, -- 是否未到法定婚龄（男22女20，民法典1047）
  pairs,                                                   -- 对数：一对只在一方名下记 1，另一方记 0
  people                                                   -- 人数
FROM held
