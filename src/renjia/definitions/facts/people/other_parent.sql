-- 子女的另一方父母 — 一行一个没有婚姻记录、而子女另一方父母健在的人
WITH pairs AS (
  SELECT a.parent, b.parent AS other, a.since
  FROM lineage a JOIN lineage b ON b.child = a.child AND b.parent <> a.parent
  WHERE a.parent NOT IN (SELECT id FROM wedlock) AND b.parent NOT IN (SELECT id FROM wedlock)),
living AS (
  SELECT x.parent, x.other, o.sex, o.born, row_number() OVER (PARTITION BY x.parent ORDER BY x.since DESC, x.other) AS nth
  FROM pairs x JOIN person o ON o.person = x.other CROSS JOIN asked q WHERE o.died IS NULL OR o.died > q.today)
SELECT
  parent AS id,                                        -- 本人
  other,                                               -- 子女的另一方父母
  sex AS other_sex,                                    -- 其性别
  born AS other_born                                   -- 其出生日期
FROM living WHERE nth = 1
