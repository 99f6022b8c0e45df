-- 孩子 — 一行一个未满十八周岁的人，截至当日
WITH young AS (
  SELECT p.person, p.sex, p.born, p.nationality, CASE WHEN p.died <= q.today THEN p.died END AS died
  FROM person p CROSS JOIN asked q WHERE p.born > add_months(q.today, -216)),
bonds AS (
  SELECT l.child, l.parent, l.adopted, l.lawful, l.since, l.presumed, l.delivery, o.sex AS parent_sex
  FROM lineage l JOIN young y ON y.person = l.child LEFT JOIN person o ON o.person = l.parent),
before AS (
  SELECT b.child, b.parent,
    count(*) FILTER (WHERE e.since < b.since AND coalesce(e.delivery <> b.delivery, TRUE)) AS earlier,
    count(*) FILTER (WHERE e.since < b.since AND coalesce(e.delivery <> b.delivery, TRUE) AND (e.until IS NULL OR e.until > b.since)) AS alive,
    count(*) FILTER (WHERE e.since < b.since AND d.serious_since IS NOT NULL) AS disabled
  FROM bonds b JOIN lineage e ON e.parent = b.parent AND e.child <> b.child LEFT JOIN impairment d ON d.id = e.child
  GROUP BY b.child, b.parent),
parents AS (
  SELECT b.child, count(*) AS known, bool_and(b.lawful) AS lawful, bool_or(b.adopted) AS adopted,
    max(CASE WHEN b.adopted THEN b.since END) AS adopted_on,
    max(CASE WHEN b.parent_sex = '1' THEN NULL ELSE coalesce(f.earlier, 0) END) AS mother_earlier,
    max(CASE WHEN b.parent_sex = '1' THEN NULL ELSE coalesce(f.alive, 0) END) AS mother_alive,
    max(coalesce(f.earlier, 0)) AS any_earlier, max(coalesce(f.alive, 0)) AS any_alive, max(coalesce(f.disabled, 0)) AS disabled,
    max(CASE WHEN b.parent_sex = '1' THEN NULL ELSE b.parent END) AS mother, max(CASE WHEN b.parent_sex = '1' THEN b.parent END) AS father
  FROM bonds b LEFT JOIN before f ON f.child = b.child AND f.parent = b.parent GROUP BY b.child),
named AS (
  SELECT coalesce(a.child, a.person) AS child, a.applied, a.confirmed, a.place FROM application a WHERE a.scheme = 'childcare_subsidy'
  UNION ALL
  SELECT l.child, a.applied, a.confirmed, a.place FROM application a JOIN lineage l ON l.parent = a.person
  WHERE a.scheme = 'childcare_subsidy' AND a.child IS NULL),
claimed AS (
  SELECT n.child, min(n.applied) AS first_applied,
    max(CASE WHEN year(n.confirmed) = q.this_year AND n.confirmed <= q.today THEN n.confirmed END) AS confirmed_this_year,
    max(CASE WHEN year(n.confirmed) = q.this_year AND n.confirmed <= q.today THEN n.place END) AS confirmed_place
  FROM named n CROSS JOIN asked q WHERE n.applied IS NULL OR n.applied <= q.today GROUP BY n.child),
given AS (
  SELECT coalesce(y.child, y.person) AS child, y.paid FROM payment y WHERE y.scheme = 'childcare_subsidy'
  UNION ALL
  SELECT l.child, y.paid FROM payment y JOIN lineage l ON l.parent = y.person WHERE y.scheme = 'childcare_subsidy' AND y.child IS NULL),
paid AS (
  SELECT g.child, max(g.paid) AS last_paid
  FROM given g CROSS JOIN asked q WHERE year(g.paid) = q.this_year AND g.paid <= q.today GROUP BY g.child)
SELECT
  y.person AS id,                                      -- 编号
  y.sex,                                               -- 性别（1 男、2 女）
  y.born,                                              -- 出生日期
  y.died,                                              -- 死亡日期
  CASE WHEN y.nationality IS NOT NULL THEN y.nationality = 'CHN' WHEN h.place IS NOT NULL THEN TRUE END AS chinese, -- 是否具有中国国籍；国籍未填而有户籍的为是
  CASE WHEN g.known IS NULL THEN NULL
    WHEN g.lawful IS NOT NULL THEN g.lawful
    WHEN g.adopted THEN TRUE
    WHEN coalesce(g.mother_alive, g.any_alive) < 3 THEN TRUE
    WHEN g.disabled > 0 THEN NULL ELSE FALSE END AS lawful, -- 是否符合法律法规规定生育或合法收养；未认定的按出生时存活兄姐不满三个推算，双多胞胎同胎次
  coalesce(g.mother_earlier, g.any_earlier) + 1 AS parity, -- 孩次（同胎同孩次，含已故兄姐）
  coalesce(g.mother_alive, g.any_alive) AS elder_living, -- 出生时存活的兄姐数
  coalesce(g.adopted, FALSE) AS adopted,               -- 是否收养
  g.adopted_on,                                        -- 收养登记日
  g.mother,                                            -- 母亲（性别不详的一方也在此）
  g.father,                                            -- 父亲
  h.place AS hukou,                                    -- 当日户籍地
  h.prefix AS hukou_prefix,                            -- 户籍地代码去掉末尾补零
  h.district_since AS hukou_district_since,            -- 连续在本区县的起始日，空为一直或不详
  h.province_since AS hukou_province_since,            -- 连续在本省市的起始日，空为一直或不详
  h.left_place AS hukou_left,                          -- 上一处户籍地
  h.left_on AS hukou_left_on,                          -- 迁离上一处户籍地之日
  c.first_applied,                                     -- 首次申请日，空为尚未申请或不详
  c.confirmed_this_year,                               -- 本年度审核确认日
  c.confirmed_place,                                   -- 本年度审核确认地
  p.last_paid AS paid_this_year                        -- 本年度最近一次发放日
FROM young y
LEFT JOIN parents g ON g.child = y.person
LEFT JOIN hukou_now h ON h.id = y.person
LEFT JOIN claimed c ON c.child = y.person
LEFT JOIN paid p ON p.child = y.person
