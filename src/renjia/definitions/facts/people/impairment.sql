-- 残疾 — 一行一个评定过残疾的人：当日（已故的为死亡之日）有效的等级，与三级以上的起止
WITH graded AS (
  SELECT d.person, d.type, CAST(d.grade AS INTEGER) AS grade, coalesce(d."from", DATE '1900-01-01') AS since, d."to",
    CASE WHEN p.died <= q.today THEN p.died ELSE q.today END AS day,
    lead(d."from") OVER (PARTITION BY d.person, d.type ORDER BY d."from", d.grade DESC) AS next_since
  FROM disability d CROSS JOIN asked q LEFT JOIN person p ON p.person = d.person
  WHERE coalesce(d.type, '') <> 'complication' AND (d."from" IS NULL OR d."from" <= CASE WHEN p.died <= q.today THEN p.died ELSE q.today END)),
spans AS (
  SELECT person, grade, since, day, least("to", add_days(next_since, -1)) AS last_day,
    CASE WHEN "to" IS NULL OR next_since <= "to" THEN next_since ELSE "to" END AS lost_on FROM graded),
serious AS (
  SELECT person, since, day, last_day, lost_on, max(coalesce(last_day, DATE '9999-12-30')) OVER (PARTITION BY person ORDER BY since, last_day
    ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS reached
  FROM spans WHERE grade <= 3),
islands AS (
  SELECT person, since, day, last_day, lost_on,
    sum(CASE WHEN reached IS NULL OR since > add_days(reached, 1) THEN 1 ELSE 0 END) OVER (PARTITION BY person ORDER BY since, last_day
      ROWS BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) AS island
  FROM serious),
stretch AS (
  SELECT person, island, min(since) AS since,
    CASE WHEN count(*) = count(last_day) THEN max(last_day) END AS last_day, max(lost_on) AS lost_on, max(day) AS day,
    row_number() OVER (PARTITION BY person ORDER BY island DESC) AS nth
  FROM islands GROUP BY person, island),
valid AS (
  SELECT person, min(grade) AS grade, count(*) = count(grade) AS known, bool_or(last_day IS NULL OR last_day >= day) AS any_valid
  FROM spans WHERE last_day IS NULL OR last_day >= day GROUP BY person)
SELECT
  s.person AS id,                                      -- 本人
  CASE WHEN v.known THEN v.grade END AS grade,         -- 当日有效的最重等级（1 最重至 4 最轻），空为当日无有效证或等级不详
  coalesce(v.any_valid, FALSE) AS certified,           -- 当日是否有有效残疾人证
  CASE WHEN v.grade <= 3 THEN TRUE WHEN v.known OR v.person IS NULL THEN FALSE END AS serious, -- 当日是否三级以上（含三级）
  t.since AS serious_since,                            -- 最近一段三级以上的起始日（定残）
  CASE WHEN t.last_day < t.day THEN t.last_day END AS serious_ended, -- 最近一段三级以上的最后一日，空为仍有效或从未有过
  CASE WHEN t.last_day < t.day THEN t.lost_on END AS serious_lost, -- 失去三级以上之日：降级、康复的为重新评定之日，到期的为最后一日
  CASE WHEN t.last_day >= t.day THEN t.last_day END AS serious_expires -- 三级以上的证有效期止，空为无期限
FROM (SELECT DISTINCT person FROM spans) s LEFT JOIN valid v ON v.person = s.person
LEFT JOIN stretch t ON t.person = s.person AND t.nth = 1
