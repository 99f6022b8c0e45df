-- 生育 — 一行一个活产，按母亲分娩时的口径和地域，母亲未接上的按孩子的住址；按出生月份
WITH districts AS (SELECT DISTINCT code FROM place WHERE level = 'district'),
mothers AS (
  SELECT k.child, min(k.parent) AS mother
  FROM parentage k JOIN person p ON p.person = k.parent AND p.known_to IS NULL AND p.sex = '2'
  WHERE k.known_to IS NULL AND k.kind = 'borne' GROUP BY k.child),
births AS (
  SELECT c."case", c.born, c.sex, CAST(c."order" AS VARCHAR) AS parity, m.mother, p.born AS mother_born,
    coalesce(c.neighbourhood, c.street || '000') AS neighbourhood
  FROM birth_case c LEFT JOIN mothers m ON m.child = c.child
  LEFT JOIN person p ON p.person = m.mother AND p.known_to IS NULL
  WHERE c.known_to IS NULL AND c.born IS NOT NULL AND coalesce(c.outcome, 'live') = 'live'),
placed AS (
  SELECT b."case", b.born, b.sex, b.parity, b.mother_born, s.base, s.district, s.street, s.neighbourhood
  FROM births b JOIN stays s ON s."case" = b.mother AND b.born BETWEEN s.since AND s.until
  UNION ALL
  SELECT b."case", b.born, b.sex, b.parity, b.mother_born, o.base, d.code, substr(b.neighbourhood, 1, 9), b.neighbourhood
  FROM births b JOIN districts d ON d.code = substr(b.neighbourhood, 1, 6)
  CROSS JOIN (SELECT '常住' AS base UNION ALL SELECT '实有') o
  WHERE b.mother IS NULL),
held AS (
  SELECT "case", district, street, neighbourhood, strftime(born, '%Y-%m') AS month, strftime(born, '%Y-%m') AS first_month,
    base, 'register' AS origin, sex AS child_sex, parity,
    year(born) - year(mother_born) - CASE WHEN month(born) * 100 + day(born) < month(mother_born) * 100 + day(mother_born)
      THEN 1 ELSE 0 END AS mother_age, 1 AS people
  FROM placed
  UNION ALL
  SELECT "case", district, street, neighbourhood, month, first_month, base, 'entered', sex, parity, age, value
  FROM entered WHERE series = 'births')
SELECT
  "case",                                                  -- 个案键；录入的为合计的键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  month,                                                   -- 出生月份；录入的为所属期的末月
  first_month,                                             -- 同上；录入的为所属期的首月
  base,                                                    -- 口径（母亲分娩时）：户籍、常住、实有
  origin,                                                  -- 出处：register 由登记数得，entered 由录入的合计得
  child_sex,                                               -- 孩子性别（1男 2女，空为不详）
  parity,                                                  -- 孩次，空为不详
  mother_age,                                              -- 母亲分娩时周岁，空为不详
  CASE WHEN mother_age < 15 THEN 15 WHEN mother_age > 49 THEN 49 ELSE mother_age END AS age, -- 母亲分娩时周岁，不足15并入15，50以上并入49
  people                                                   -- 人数
FROM held
