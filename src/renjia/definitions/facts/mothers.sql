-- 妇女生育 — 一行一名妇女生过若干孩子的一段，起止日都在内；按亲生关系数，含已死亡的子女
WITH births AS (
  SELECT k.parent, c.born, row_number() OVER (PARTITION BY k.parent ORDER BY c.born, k.child) AS nth,
    lead(c.born) OVER (PARTITION BY k.parent ORDER BY c.born, k.child) AS next
  FROM parentage k JOIN person c ON c.person = k.child AND c.known_to IS NULL
  WHERE k.known_to IS NULL AND k.kind = 'borne' AND c.born IS NOT NULL),
states AS (
  SELECT parent AS person, nth AS children, born AS since, coalesce(add_days(next, -1), DATE '2999-12-31') AS until FROM births
  UNION ALL SELECT p.person, 0, DATE '1800-01-01', coalesce(add_days(b.born, -1), DATE '2999-12-31')
    FROM person p LEFT JOIN births b ON b.parent = p.person AND b.nth = 1 WHERE p.known_to IS NULL),
held AS (
  SELECT h."case", h.district, h.street, h.neighbourhood, h.base, h.origin, h.sex, h.born, h.entered_age,
    CAST(s.children AS INTEGER) AS children, greatest(h.since, s.since) AS since, least(h.until, s.until) AS until, h.people
  FROM population h JOIN states s ON s.person = h."case" AND s.since <= h.until AND s.until >= h.since
  WHERE h.origin = 'register' AND h.sex = '2' AND s.since <= s.until)
SELECT
  "case",                                                  -- 人员键
  district,                                                -- 区
  street,                                                  -- 街镇；只知区的记在区本级（区代码加000）
  neighbourhood,                                           -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  base,                                                    -- 口径：户籍、常住、实有
  origin,                                                  -- 出处：register 由登记数得
  born,                                                    -- 出生日期，空为不详
  entered_age,                                             -- 录入合计所写的周岁（这里总是空）
  children,                                                -- 生过几个孩子
  since,                                                   -- 从哪天起
  until,                                                   -- 到哪天止
  people                                                   -- 人数
FROM held
