-- 婚姻 — 一行一个人的一段婚姻，截至当日已登记的；双方各一行
WITH sides AS (
  SELECT m.a AS id, m.b AS spouse, m."from", m."to", m."end" FROM marriage m
  UNION ALL
  SELECT m.b, m.a, m."from", m."to", m."end" FROM marriage m)
SELECT
  s.id,                                                -- 本人
  s.spouse,                                            -- 配偶
  p.sex,                                               -- 本人性别
  o.sex AS spouse_sex,                                 -- 配偶性别
  o.born AS spouse_born,                               -- 配偶出生日期
  s."from" AS since,                                   -- 结婚登记日，空为不详
  least(CASE WHEN s."to" <= q.today THEN s."to" END, CASE WHEN o.died <= q.today THEN o.died END,
    CASE WHEN p.died <= q.today THEN p.died END) AS until, -- 婚姻终止日（离婚，或一方死亡），空为存续或日期不详
  coalesce(CASE WHEN s."to" IS NULL THEN s."end" IS NOT NULL ELSE s."to" <= q.today END OR o.died <= q.today
    OR p.died <= q.today, s."end" IS NOT NULL AND s."to" IS NULL) AS ended, -- 当日是否已终止
  CASE WHEN o.died <= q.today AND (s."to" IS NULL OR s."to" >= o.died) THEN 'death' ELSE s."end" END AS reason -- 终止原因（divorce 离婚、death 丧偶）
FROM sides s CROSS JOIN asked q LEFT JOIN person p ON p.person = s.id LEFT JOIN person o ON o.person = s.spouse
WHERE s.id IS NOT NULL AND (s."from" IS NULL OR s."from" <= q.today)
