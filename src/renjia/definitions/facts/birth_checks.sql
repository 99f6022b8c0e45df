-- 生育核对 — 一行一个活产，附母子关系的逻辑核对；按出生月份
WITH mothers AS (
  SELECT k.child, min(k.parent) AS mother
  FROM parentage k JOIN person p ON p.person = k.parent AND p.known_to IS NULL AND p.sex = '2'
  WHERE k.known_to IS NULL AND k.kind = 'borne' GROUP BY k.child),
children AS (
  SELECT b."case", b.district, b.street, b.neighbourhood, b.month, c.child, c.born, m.mother, p.born AS mother_born,
    p.died AS mother_died
  FROM births b JOIN birth_case c ON c."case" = b."case" AND c.known_to IS NULL
  LEFT JOIN mothers m ON m.child = c.child
  LEFT JOIN person p ON p.person = m.mother AND p.known_to IS NULL
  WHERE b.live),
siblings AS (
  SELECT mother, born, lag(born) OVER (PARTITION BY mother ORDER BY born) AS before
  FROM (SELECT DISTINCT m.mother, p.born FROM mothers m JOIN person p ON p.person = m.child AND p.known_to IS NULL
    WHERE p.born IS NOT NULL) AS days)
SELECT
  c."case",                                                -- 个案键
  c.district,                                              -- 区
  c.street,                                                -- 街镇；住址不明或在区外的记在区本级（区代码加000）
  c.neighbourhood,                                         -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  c.month,                                                 -- 出生月份
  c.mother IS NULL AS lacks_mother,                        -- 是否没有接上母亲
  c.mother_born IS NOT NULL AS has_ages,                   -- 是否母子出生日期都有
  coalesce(year(c.born) - year(c.mother_born)
    - CASE WHEN month(c.born) * 100 + day(c.born) < month(c.mother_born) * 100 + day(c.mother_born) THEN 1 ELSE 0 END
    NOT BETWEEN 12 AND 55, FALSE) AS odd_gap,              -- 母子年龄差是否不在 12 至 55 岁之间
  coalesce(c.mother_died < c.born, FALSE) AS mother_dead,  -- 是否生在母亲死亡以后
  coalesce(c.born < add_months(s.before, 6), FALSE) AS too_soon -- 距同母上一次分娩是否不足 6 个月（同日为多胎，不算）
FROM children c LEFT JOIN siblings s ON s.mother = c.mother AND s.born = c.born
