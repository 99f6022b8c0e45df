-- 推定的父母 — 一行一个只记了一方父母的亲生子女与出生时那一方的配偶（民法上婚姻存续期间所生的推定）
WITH alone AS (
  SELECT child, min(parent) AS parent, min(delivery) AS delivery, bool_and(lawful) AS lawful
  FROM parentage WHERE kind IS NULL OR kind <> 'step'
  GROUP BY child HAVING count(DISTINCT parent) = 1 AND count(*) = count(*) FILTER (WHERE kind IS NULL OR kind = 'borne'))
SELECT
  u.spouse AS parent,                                  -- 推定的父母
  a.child,                                             -- 子女
  a.delivery,                                          -- 分娩编号
  a.lawful                                             -- 是否符合当时政策，空为未认定
FROM alone a JOIN union_span u ON u.id = a.parent JOIN person c ON c.person = a.child
WHERE (u.since IS NULL OR u.since <= c.born) AND (u.until IS NULL OR add_days(c.born, -300) <= u.until)
  AND coalesce(u.sex, '') <> coalesce(u.spouse_sex, '')
