-- 光荣证 — 一行一个领过《独生子女父母光荣证》的人，截至当日
SELECT
  c.person AS id,                                      -- 本人
  min(c."from") AS issued_on,                          -- 领证日，空为不详
  bool_or(c."to" IS NULL OR c."to" >= q.today) AS valid, -- 当日是否仍有效
  CASE WHEN count(*) = count(c."to") AND max(c."to") < max(q.today) THEN max(c."to") END AS ended_on -- 最后有效的一天（退证、废止），空为仍有效
FROM certificate c CROSS JOIN asked q
WHERE c.kind = 'one_child' AND (c."from" IS NULL OR c."from" <= q.today)
GROUP BY c.person
