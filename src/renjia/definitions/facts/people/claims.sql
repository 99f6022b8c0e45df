-- 申请与发放 — 一行一个申请过或领过各项奖励扶助的人，截至当日
WITH asked_for AS (
  SELECT a.person, a.scheme, CASE WHEN a.applied <= q.today THEN a.applied END AS applied,
    CASE WHEN a.confirmed <= q.today THEN a.confirmed END AS confirmed
  FROM application a CROSS JOIN asked q WHERE a.applied IS NULL OR a.applied <= q.today),
applied AS (
  SELECT person, max(confirmed) FILTER (WHERE scheme = 'bereaved_support') AS bereaved_latest,
    min(confirmed) FILTER (WHERE scheme = 'bereaved_support') AS bereaved_on,
    min(confirmed) FILTER (WHERE scheme = 'disabled_support') AS disabled_on,
    min(confirmed) FILTER (WHERE scheme = 'complication_support') AS complication_on,
    min(confirmed) FILTER (WHERE scheme = 'rural_reward') AS rural_on,
    max(confirmed) FILTER (WHERE scheme = 'accident_grant') AS accident_on,
    max(confirmed) FILTER (WHERE scheme = 'prepregnancy_check') AS checked_on,
    count(confirmed) FILTER (WHERE scheme IN ('bereaved_support', 'disabled_support', 'complication_support')) AS support
  FROM asked_for GROUP BY person),
paid AS (
  SELECT y.person,
    count(*) FILTER (WHERE y.scheme = 'retirement_reward') AS retirement, count(*) FILTER (WHERE y.scheme = 'accident_grant') AS accident,
    count(*) FILTER (WHERE y.scheme = 'second_start_grant') AS second_start,
    count(*) FILTER (WHERE y.scheme = 'rural_reward' AND y.paid > add_months(q.today, -12)) AS rural,
    count(*) FILTER (WHERE y.scheme IN ('bereaved_support', 'disabled_support', 'complication_support')
      AND y.paid > add_months(q.today, -12)) AS support
  FROM payment y CROSS JOIN asked q WHERE y.person IS NOT NULL AND (y.paid IS NULL OR y.paid <= q.today) GROUP BY y.person)
SELECT
  coalesce(a.person, p.person) AS id,                  -- 本人
  a.bereaved_on,                                       -- 特扶（死亡）首次确认日
  a.bereaved_latest,                                   -- 特扶（死亡）最近确认日
  a.disabled_on,                                       -- 特扶（伤残）首次确认日
  a.complication_on,                                   -- 手术并发症扶助首次确认日
  a.rural_on,                                          -- 农村奖扶首次确认日
  a.accident_on,                                       -- 意外伤残死亡一次性补助确认日
  a.checked_on,                                        -- 最近一次免费孕前检查确认日
  coalesce(a.support > 0, FALSE) OR coalesce(p.support > 0, FALSE) AS support, -- 是否已确认或近一年领过特别扶助
  coalesce(p.rural > 0, FALSE) AS rural,               -- 近一年是否领过农村奖扶
  coalesce(p.retirement > 0, FALSE) AS retirement,     -- 是否领过退休一次性奖励
  coalesce(p.accident > 0, FALSE) AS accident,         -- 是否领过意外伤残死亡一次性补助
  coalesce(p.second_start > 0, FALSE) AS second_start  -- 是否领过再生育、收养关怀补助
FROM applied a FULL JOIN paid p ON p.person = a.person
