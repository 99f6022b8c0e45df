-- 人口变动 — 一行一次出生、死亡、迁入、迁出，按发生的月份；一人在两个街镇之间迁居记一出一入
WITH spells AS (
  SELECT "case", district, street, neighbourhood, base, since, until, sex, born, died FROM stays),
infants AS (
  SELECT p.person, p.sex, p.born, p.died, min(k.parent) AS mother
  FROM person p JOIN parentage k ON k.child = p.person AND k.known_to IS NULL AND k.kind = 'borne'
  JOIN person m ON m.person = k.parent AND m.known_to IS NULL AND m.sex = '2'
  LEFT JOIN residence r ON r.person = p.person AND r.known_to IS NULL
  LEFT JOIN hukou h ON h.person = p.person AND h.known_to IS NULL
  WHERE p.known_to IS NULL AND p.died < add_months(p.born, 12) AND r.person IS NULL AND h.person IS NULL
  GROUP BY p.person, p.sex, p.born, p.died),
dead AS (
  SELECT "case", district, street, neighbourhood, base, sex, born, died FROM spells
  WHERE died IS NOT NULL AND (add_days(died, -1) BETWEEN greatest(since, born) AND until
    OR (born = died AND died BETWEEN since AND until))
  UNION ALL
  SELECT i.person, s.district, s.street, s.neighbourhood, s.base, i.sex, i.born, i.died
  FROM infants i JOIN stays s ON s."case" = i.mother AND i.died BETWEEN s.since AND s.until),
arrived AS (
  SELECT s."case", s.district, s.street, s.neighbourhood, s.base, s.sex, s.born, s.since AS happened
  FROM spells s LEFT JOIN stays o ON o."case" = s."case" AND o.base = s.base AND o.neighbourhood = s.neighbourhood
    AND o.until = add_days(s.since, -1)
  WHERE s.since > coalesce(s.born, DATE '1800-01-01') AND coalesce(s.since < s.died, TRUE) AND o."case" IS NULL),
departed AS (
  SELECT s."case", s.district, s.street, s.neighbourhood, s.base, s.sex, s.born, add_days(s.until, 1) AS happened
  FROM spells s LEFT JOIN stays o ON o."case" = s."case" AND o.base = s.base AND o.neighbourhood = s.neighbourhood
    AND o.since = add_days(s.until, 1)
  WHERE s.until < DATE '2999-12-31' AND coalesce(s.until < add_days(s.died, -1), TRUE)
    AND coalesce(s.until >= s.born, TRUE) AND o."case" IS NULL),
events AS (
  SELECT 'death' AS kind, "case", district, street, neighbourhood, base, sex, born, died AS happened FROM dead
  UNION ALL SELECT 'arrival', "case", district, street, neighbourhood, base, sex, born, happened FROM arrived
  UNION ALL SELECT 'departure', "case", district, street, neighbourhood, base, sex, born, happened FROM departed),
held AS (
  SELECT "case", district, street, neighbourhood, strftime(happened, '%Y-%m') AS month,
    strftime(happened, '%Y-%m') AS first_month, base, 'register' AS origin, kind, sex,
    year(happened) - year(born) - CASE WHEN month(happened) * 100 + day(happened) < month(born) * 100 + day(born)
      THEN 1 ELSE 0 END AS age, date_diff('day', born, happened) AS days_lived, 1 AS people
  FROM events
  UNION ALL
  SELECT "case", district, street, neighbourhood, month, first_month, base, origin, 'birth', child_sex, 0, 0, people
  FROM childbearing
  UNION ALL
  SELECT "case", district, street, neighbourhood, month, first_month, base, 'entered',
    CASE series WHEN 'deaths' THEN 'death' WHEN 'arrivals' THEN 'arrival' ELSE 'departure' END, sex, age,
    CAST(NULL AS INTEGER), value
  FROM entered WHERE series IN ('deaths', 'arrivals', 'departures'))
SELECT
  "case",                                                  -- 人员键（出生为个案键）；录入的为合计的键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  month,                                                   -- 发生的月份；录入的为所属期的末月
  first_month,                                             -- 同上；录入的为所属期的首月
  base,                                                    -- 口径：户籍、常住、实有
  origin,                                                  -- 出处：register 由登记数得，entered 由录入的合计得
  kind,                                                    -- 变动：birth 出生、death 死亡、arrival 迁入、departure 迁出
  sex,                                                     -- 性别（1男 2女，空为不详）
  age,                                                     -- 发生时周岁
  days_lived,                                              -- 发生时已活天数，录入的为空
  people,                                                  -- 人数
  CASE WHEN kind IN ('birth', 'arrival') THEN people ELSE -people END AS change -- 使人口增加（减少为负）的人数
FROM held
