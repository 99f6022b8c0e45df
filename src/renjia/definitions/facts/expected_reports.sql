-- 应报 — 一行一个活产与一个有期限的来源，期限已过（至最近批次月末）才应报，按出生月份
WITH district AS (SELECT min(code) AS code FROM place WHERE level = 'district'),
horizon AS (SELECT last_day(max(CAST(arrived || '-01' AS DATE))) AS day FROM birth_report WHERE known_to IS NULL),
senders AS (
  SELECT feed, max(due_days) AS due_days, min(CAST(arrived || '-01' AS DATE)) AS since
  FROM birth_report WHERE known_to IS NULL AND due_days IS NOT NULL GROUP BY feed),
sent AS (SELECT DISTINCT "case", feed FROM birth_report WHERE known_to IS NULL),
placed AS (
  SELECT c."case", c.born, c.neighbourhood, s.feed,
    coalesce(d.code, '') AS district, coalesce(c.street, d.code || '000') AS street
  FROM birth_case c CROSS JOIN district d CROSS JOIN senders s CROSS JOIN horizon h
  WHERE c.known_to IS NULL AND coalesce(c.outcome, 'live') = 'live'
    AND c.born >= s.since AND add_days(c.born, s.due_days) < h.day)
SELECT
  p."case",                                                -- 个案键
  p.district,                                              -- 区
  p.street,                                                -- 街镇；住址不明或在区外的记在区本级（区代码加000）
  coalesce(p.neighbourhood, p.street || '000') AS neighbourhood, -- 居村；只知街镇的记在街镇本级（街镇代码加000）
  strftime(p.born, '%Y-%m') AS month,                      -- 出生月份
  p.feed AS source,                                        -- 应报的来源
  t.feed IS NULL AS missing                                -- 是否应报未报
FROM placed p LEFT JOIN sent t ON t."case" = p."case" AND t.feed = p.feed
