-- 在册与居住 — 一行一人按一种口径算作本区人口的一段，起止日都在内；别的人口事实由它而来；没有人员记录的不在内
WITH districts AS (SELECT DISTINCT code FROM place WHERE level = 'district'),
papers AS (
  SELECT h.person, h.place, d.code AS district,
    coalesce(h."from", DATE '1800-01-01') AS since, coalesce(h."to", DATE '2999-12-31') AS until
  FROM hukou h JOIN districts d ON d.code = substr(h.place, 1, 6)
  WHERE h.known_to IS NULL),
homes AS (
  SELECT r.person, r.place, d.code AS district, r.household, p.sex, p.born, p.died,
    coalesce(r."from", DATE '1800-01-01') AS since, coalesce(r."to", DATE '2999-12-31') AS until
  FROM residence r JOIN districts d ON d.code = substr(r.place, 1, 6)
  JOIN person p ON p.person = r.person AND p.known_to IS NULL
  WHERE r.known_to IS NULL),
ended AS (
  SELECT r.person, d.code AS district, coalesce(r."from", DATE '1800-01-01') AS since, r."to" AS until
  FROM residence r JOIN districts d ON d.code = substr(r.place, 1, 6)
  WHERE r.known_to IS NULL AND r."to" IS NOT NULL),
registered AS (
  SELECT '户籍' AS base, h.person, h.place, CAST(NULL AS VARCHAR) AS household,
    p.sex, p.born, p.died, h.since, h.until
  FROM papers h JOIN person p ON p.person = h.person AND p.known_to IS NULL),
settled AS (
  SELECT h.person, h.place, h.household, h.sex, h.born, h.died,
    CASE WHEN h.since <= h.born THEN h.since ELSE add_months(h.since, 6) END AS since, h.until, h.until AS ended
  FROM homes h),
excused AS (
  SELECT h.person, h.place, h.household, h.sex, h.born, h.died,
    h.since, least(h.until, add_days(add_months(h.since, 6), -1)) AS until, h.until AS ended, h.since AS brief
  FROM homes h JOIN papers l
    ON l.person = h.person AND l.district = h.district AND h.since BETWEEN l.since AND l.until
  WHERE NOT coalesce(h.since <= h.born, FALSE)),
carried AS (
  SELECT h.person, h.place, h.household, h.sex, h.born, h.died,
    greatest(h.since, CASE WHEN e.since <= h.born THEN e.since ELSE add_months(e.since, 6) END) AS since,
    least(h.until, add_days(add_months(add_days(e.until, 1), 6), -1)) AS until, e.until AS brief
  FROM homes h JOIN ended e ON e.person = h.person AND e.district = h.district AND e.until < h.since
  LEFT JOIN papers l ON l.person = e.person AND l.district = e.district AND h.since BETWEEN l.since AND l.until
  WHERE l.person IS NULL),
spells AS (
  SELECT base, person, place, household, sex, born, died, since, until, until AS ended,
    DATE '2999-12-31' AS brief FROM registered
  UNION ALL SELECT '实有', person, place, household, sex, born, died, since, until, until, DATE '2999-12-31' FROM homes
  UNION ALL SELECT '常住', person, place, household, sex, born, died, since, until, ended, DATE '2999-12-31' FROM settled
  UNION ALL SELECT '常住', person, place, household, sex, born, died, since, until, ended, brief FROM excused
  UNION ALL SELECT '常住', person, place, household, sex, born, died, since, until, until, brief FROM carried)
SELECT
  person AS "case",                                        -- 人员键
  substr(place, 1, 6) AS district,                         -- 区
  CASE WHEN length(place) >= 9 THEN substr(place, 1, 9)
    ELSE substr(place, 1, 6) || '000' END AS street,       -- 街镇；只知区的记在区本级（区代码加000）
  CASE WHEN length(place) >= 12 THEN substr(place, 1, 12)
    WHEN length(place) >= 9 THEN substr(place, 1, 9) || '000'
    ELSE substr(place, 1, 6) || '000000' END AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：户籍、常住（在本区住满半年，或起住时户籍已在本区）、实有（住在本区）
  household,                                               -- 户编号，空为不详
  sex,                                                     -- 性别（1男 2女，空为不详）
  born,                                                    -- 出生日期，空为不详
  died,                                                    -- 死亡日期
  since,                                                   -- 从哪天起
  until,                                                   -- 到哪天止，未止的记 2999-12-31
  brief,                                                   -- 短段：从这天起七个月内必止（先筛用）；不限的记 2999-12-31
  ended                                                    -- 所据的户口或住址到哪天止；住满半年以前与以后分作两段，止日相同
FROM spells WHERE since <= until
