-- 亲子 — 一行一个父母与其一个亲生或收养的子女，截至当日已有的
WITH named AS (
  SELECT r.parent, r.child, r.kind, r."from", r."to", r.delivery, r.lawful, FALSE AS presumed FROM parentage r
  WHERE r.kind IS NULL OR r.kind <> 'step'
  UNION ALL
  SELECT parent, child, 'borne', CAST(NULL AS DATE), CAST(NULL AS DATE), delivery, lawful, TRUE FROM presumed_parent),
links AS (
  SELECT n.parent, n.child, c.id IS NOT NULL AS recorded, c.sex, c.born,
    coalesce(n.kind = 'adopted', FALSE) AS adopted, n.delivery, n.lawful, n.presumed,
    coalesce(CASE WHEN n.kind = 'adopted' THEN coalesce(n."from", c.born) ELSE coalesce(c.born, n."from") END,
      DATE '1900-01-01') AS since,
    CASE WHEN c.died <= q.today THEN c.died END AS died,
    least(CASE WHEN c.died <= q.today THEN c.died END,
      CASE WHEN n."to" < q.today THEN add_days(n."to", 1) END) AS until
  FROM named n CROSS JOIN asked q LEFT JOIN (SELECT person AS id, sex, born, died FROM person) c ON c.id = n.child)
SELECT
  l.parent,                                            -- 父母
  l.child,                                             -- 子女
  bool_and(l.recorded) AS recorded,                    -- 子女是否有人员记录
  max(l.sex) AS sex,                                   -- 子女性别
  max(l.born) AS born,                                 -- 子女出生日期
  bool_and(l.adopted) AS adopted,                      -- 是否收养（既有亲生又有收养记录的算亲生）
  bool_and(l.presumed) AS presumed,                    -- 是否按婚姻存续期间所生推定
  min(l.delivery) AS delivery,                         -- 分娩编号
  bool_and(l.lawful) AS lawful,                        -- 是否符合当时政策，空为未认定
  min(l.since) AS since,                               -- 成为其子女之日（出生，或收养登记）
  max(l.died) AS died,                                 -- 子女死亡日期，截至当日
  CASE WHEN count(*) = count(l.until) THEN max(l.until) END AS until -- 不再是其存活子女之日（死亡，或收养解除次日），空为仍是
FROM links l CROSS JOIN asked q
WHERE l.since <= q.today
GROUP BY l.parent, l.child
