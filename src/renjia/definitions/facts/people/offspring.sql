-- 子女概况 — 一行一个有过子女的人：曾有、现存、最多同时存活、何时一个不剩，截至当日；继子女另计
WITH counted AS (
  SELECT l.parent, l.child, l.recorded, l.sex, l.born, l.adopted, l.lawful, l.since, l.died, l.until, q.month_start
  FROM lineage l CROSS JOIN (SELECT make_date(year(today), month(today), 1) AS month_start FROM asked) q
  WHERE NOT l.adopted OR l.lawful IS NULL OR l.lawful),
totals AS (
  SELECT parent, count(*) AS ever, count(*) FILTER (WHERE until IS NULL) AS living,
    count(*) FILTER (WHERE until IS NULL AND sex = '1') AS sons, count(*) FILTER (WHERE until IS NULL AND sex = '2') AS daughters,
    count(*) FILTER (WHERE since < month_start AND (until IS NULL OR until >= month_start)) AS month_living,
    count(died) AS deceased, max(died) AS last_death, max(until) AS last_loss, min(since) AS first_on, max(since) AS latest_on,
    bool_and(recorded) AS recorded, count(*) FILTER (WHERE adopted) AS adoptions,
    min(since) FILTER (WHERE adopted) AS first_adopted, max(since) FILTER (WHERE adopted) AS last_adopted,
    min(since) FILTER (WHERE NOT adopted) AS first_borne,
    min(child) AS child, min(sex) AS sex, min(born) AS born, bool_and(adopted) AS adopted, bool_and(lawful) AS lawful
  FROM counted GROUP BY parent),
several AS (
  SELECT c.parent, c.child, c.sex, c.born, c.adopted, c.lawful, c.since, c.died, c.until, t.first_on,
    row_number() OVER (PARTITION BY c.parent ORDER BY CASE WHEN c.since < c.month_start AND c.until IS NULL THEN 1
      WHEN c.since < c.month_start AND c.until >= c.month_start THEN 2 WHEN c.until IS NULL THEN 3 ELSE 4 END,
      c.until DESC, c.since DESC, c.child) AS nth
  FROM counted c JOIN totals t ON t.parent = c.parent WHERE t.ever > 1),
unclear AS (
  SELECT parent, min(since) AS first_on, max(since) AS last_on FROM several WHERE lawful IS NULL AND since > first_on GROUP BY parent),
flows AS (
  SELECT parent, since AS day, 1 AS step FROM counted WHERE parent IN (SELECT parent FROM totals WHERE last_loss IS NOT NULL)
  UNION ALL
  SELECT parent, until, -1 FROM counted WHERE until IS NOT NULL),
days AS (SELECT parent, day, sum(step) AS net, sum(CASE WHEN step = 1 THEN 1 ELSE 0 END) AS come FROM flows GROUP BY parent, day),
running AS (
  SELECT parent, day, come, sum(net) OVER (PARTITION BY parent ORDER BY day ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS alive
  FROM days),
emptied AS (SELECT parent, max(alive) AS most, max(day) FILTER (WHERE alive = 0) AS day FROM running GROUP BY parent),
again AS (
  SELECT r.parent, min(r.day) AS day FROM running r JOIN emptied e ON e.parent = r.parent AND r.day > e.day
  WHERE r.come > 0 GROUP BY r.parent),
broken AS (
  SELECT parent, min(since) AS first_on, max(since) AS last_on FROM lineage WHERE NOT lawful GROUP BY parent),
step AS (
  SELECT r.parent, count(DISTINCT r.child) AS living
  FROM parentage r CROSS JOIN asked q JOIN person c ON c.person = r.child
  WHERE r.kind = 'step' AND (c.died IS NULL OR c.died > q.today) AND (r."from" IS NULL OR r."from" <= q.today)
    AND (r."to" IS NULL OR r."to" >= q.today) GROUP BY r.parent)
SELECT
  coalesce(t.parent, b.parent, s.parent) AS id,        -- 本人
  CAST(coalesce(t.ever, 0) AS SMALLINT) AS ever,                         -- 曾生育或合法收养的子女数
  CAST(coalesce(t.living, 0) AS SMALLINT) AS living,                     -- 现存子女数
  CAST(coalesce(t.month_living, 0) AS SMALLINT) AS month_living,         -- 本月初存活的子女数
  CAST(coalesce(t.sons, 0) AS SMALLINT) AS sons,                         -- 现存男孩数
  CAST(coalesce(t.daughters, 0) AS SMALLINT) AS daughters,               -- 现存女孩数
  CAST(coalesce(t.deceased, 0) AS SMALLINT) AS deceased,                 -- 已死亡的子女数
  coalesce(t.recorded, TRUE) AS recorded,              -- 子女是否都有人员记录
  CAST(CASE WHEN e.parent IS NULL THEN coalesce(t.ever, 0) ELSE greatest(e.most, 1) END AS SMALLINT) AS most_living, -- 最多同时存活的子女数
  t.first_on AS first_child_on,                        -- 有第一个子女之日
  t.latest_on AS latest_child_on,                      -- 有最后一个子女之日
  t.last_loss AS last_loss_on,                         -- 最近一次失去子女（死亡，或收养解除）之日
  e.day AS childless_since,                            -- 最近一次子女一个不剩之日，空为从未如此
  coalesce(t.last_death = e.day, FALSE) AS childless_by_death, -- 最近一次一个不剩是否因死亡（而不是解除收养）
  a.day AS reparented_on,                              -- 一个不剩之后又生育或收养之日
  CASE WHEN t.ever > 1 THEN o.child ELSE t.child END AS sole_child,                               -- 独生的、唯一现存的或最后去世的子女（本月新生育收养的不算）
  CASE WHEN t.ever > 1 THEN o.sex ELSE t.sex END AS sole_sex,                                   -- 该子女性别
  CASE WHEN t.ever > 1 THEN o.born ELSE t.born END AS sole_born,                                 -- 该子女出生日期
  CASE WHEN t.ever > 1 THEN o.adopted ELSE t.adopted END AS sole_adopted,                           -- 该子女是否收养
  CASE WHEN t.ever > 1 THEN o.lawful ELSE t.lawful END AS sole_lawful,                             -- 该子女是否符合当时政策，空为未认定
  CASE WHEN t.ever > 1 THEN o.since ELSE t.first_on END AS sole_since,                               -- 该子女成为其子女之日
  CASE WHEN t.ever > 1 THEN o.died ELSE t.last_death END AS sole_died,                                 -- 该子女死亡日期
  CAST(coalesce(t.adoptions, 0) AS SMALLINT) AS adoptions,               -- 收养的子女数
  t.first_adopted AS first_adopted_on,                 -- 第一次收养登记日
  coalesce(t.last_adopted > t.first_borne, FALSE) AS adopted_after_birth, -- 是否先生育后收养
  coalesce(t.adoptions > 1 AND t.first_adopted = t.last_adopted, FALSE) AS adopted_together, -- 是否同日收养两个以上
  b.first_on AS unlawful_first,                        -- 最早一次不符合当时政策的生育或收养
  b.last_on AS unlawful_last,                          -- 最晚一次不符合当时政策的生育或收养
  u.first_on AS unclear_first,                                     -- 最早一次（第二次起）未认定是否符合当时政策的生育或收养
  u.last_on AS unclear_last,                                      -- 最晚一次（第二次起）未认定是否符合当时政策的生育或收养
  CAST(coalesce(s.living, 0) AS SMALLINT) AS step_living                 -- 现存且形成抚养关系的继子女数
FROM totals t FULL JOIN broken b ON b.parent = t.parent FULL JOIN step s ON s.parent = coalesce(t.parent, b.parent)
LEFT JOIN emptied e ON e.parent = t.parent LEFT JOIN again a ON a.parent = t.parent
LEFT JOIN unclear u ON u.parent = t.parent
LEFT JOIN several o ON o.parent = t.parent AND o.nth = 1
