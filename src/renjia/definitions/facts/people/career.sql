-- 就业与退休 — 一行一个有就业记录的人，截至当日
WITH ordered AS (
  SELECT e.person, e.kind, e."from", e."to", e.pension,
    coalesce(e.pension = 'employee', e.kind IN ('employed', 'retired'), FALSE) AS insured,
    row_number() OVER (PARTITION BY e.person ORDER BY e."from" DESC NULLS LAST, e."to" DESC NULLS FIRST, e.kind) AS nth
  FROM employment e CROSS JOIN asked q WHERE e."from" IS NULL OR e."from" <= q.today)
SELECT
  person AS id,                                        -- 本人
  max(kind) FILTER (WHERE nth = 1) AS kind,            -- 最近的就业状况（employed 在职、retired 退休、none 无业）
  min("from") FILTER (WHERE kind = 'retired' AND insured) AS retired_on, -- 办理退休之日
  coalesce(bool_or(kind = 'retired' AND insured), FALSE) AS retired, -- 是否已办理退休（领城乡居民养老金或未参保的不算）
  bool_or(insured) AS insured,                         -- 是否参加过城镇职工社会保险；养老待遇没填的，有过在职或退休的算参加
  max(pension) FILTER (WHERE nth = 1) AS pension       -- 养老待遇
FROM ordered GROUP BY person
